//! What the commands that serve have in common: a runtime, and an address to listen on.

use std::net::SocketAddr;
use std::time::Duration;

use shared::cause::Cause as _;
use shared::exit::Failure;
use shared::message;
use tokio::net::TcpListener;

/// How long threads that have not ended may hold the program.
const CUT_OFF: Duration = Duration::from_millis(50);

/// Runs a server on all cores until it ends. What has not ended by then is cut off.
pub(super) fn block_on(work: impl Future<Output = Result<(), Failure>>) -> Result<(), Failure> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().map_err(|error| {
        Failure::software(message!(
            "起動できません({error})",
            "the runtime cannot be started: {error}",
            error = error.cause()
        ))
    })?;
    let done = runtime.block_on(work);
    runtime.shutdown_timeout(CUT_OFF);
    done
}

/// Listens on an address.
///
/// # Errors
/// The address is in use (69), is not allowed (77), or cannot be listened on (69).
pub(super) async fn listen(address: SocketAddr) -> Result<TcpListener, Failure> {
    TcpListener::bind(address).await.map_err(|error| match error.kind() {
        std::io::ErrorKind::AddrInUse => Failure::unavailable(message!(
            "{address} は他のプログラムが使用中です。そのプログラムを終了するか、--listen で別のアドレスを指定してください",
            "{address} is in use by another program; end it, or choose another with --listen",
            address = address,
        )),
        std::io::ErrorKind::PermissionDenied => Failure::no_permission(message!(
            "{address} で待ち受ける権限がありません({error})。--listen で 1024 以上のポートを指定してください",
            "no permission to listen on {address} ({error}); choose a port above 1023 with --listen",
            address = address,
            error = error.cause(),
        )),
        _ => Failure::unavailable(message!(
            "{address} で待ち受けできません({error})。--listen の指定を確認してください",
            "cannot listen on {address} ({error}); check --listen",
            address = address,
            error = error.cause(),
        )),
    })
}

/// The address of a listener.
pub(super) fn address_of(listener: &TcpListener) -> Result<SocketAddr, Failure> {
    listener.local_addr().map_err(|error| {
        Failure::software(message!(
            "待ち受けアドレスを取得できません({error})",
            "the listening address is unknown: {error}",
            error = error.cause(),
        ))
    })
}
