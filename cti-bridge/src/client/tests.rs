use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

use super::*;

async fn pair() -> (Connection, TcpStream) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let client = TcpStream::connect(listener.local_addr().unwrap()).await.unwrap();
    let (ours, _) = listener.accept().await.unwrap();
    (Connection::new(Stream::Plain(ours), Duration::from_millis(50)), client)
}

#[tokio::test]
async fn a_client_that_accepts_no_data_is_given_up() {
    let (mut connection, client) = pair().await;
    let mut written = 0_usize;
    let ended = loop {
        match connection.write(&[0; 64 * 1024]).await {
            Ok(bytes) => written += bytes,
            Err(error) => break error.kind(),
        }
        assert!(written < 64 << 20, "nobody reads this");
    };
    assert_eq!(ended, io::ErrorKind::TimedOut);
    drop(client);
}

#[tokio::test]
async fn a_client_that_reads_slowly_gets_everything() {
    let (mut connection, mut client) = pair().await;
    let total = 32 << 20;
    let reading = tokio::spawn(async move {
        let (mut buffer, mut read) = (vec![0; 256 * 1024], 0);
        while read < total {
            // Other tasks run in between, so that the writer is often ahead.
            tokio::task::yield_now().await;
            read += client.read(&mut buffer).await.unwrap();
        }
    });
    connection.write_all(&vec![0; total]).await.unwrap();
    reading.await.unwrap();
}
