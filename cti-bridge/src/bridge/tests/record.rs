//! What is written, many at a time.

use shared::store::CallRecord;

use super::*;
use crate::events_out::EventsOut;

fn record(call_id: &str) -> CallRecord {
    CallRecord {
        call_id: call_id.to_owned(),
        direction: shared::call::CallDirection::Inbound,
        caller_kind: shared::caller::CallerKind::Unknown,
        started_at: at(0),
        ended_at: Some(at(9)),
        outcome: Some(shared::label::Open::Known(shared::call::CallOutcome::Completed)),
        ..CallRecord::default()
    }
}

#[tokio::test]
async fn a_refused_write_in_a_batch_affects_no_other_and_answers_keep_their_order() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("s.db");
    let (store, other) = (Store::create(&path).unwrap(), Store::open(&path).unwrap());
    let limits = RecorderLimits {
        call_records_max: 1_000,
        retry: Duration::from_millis(10),
        callback_within: TimeDelta::minutes(30),
        answers: AnswerLimits { per_agent_max: 8, age: TimeDelta::hours(24) },
        health: health_limits(),
    };
    let clock = Arc::new(FixedClock::new(at(0)));
    let (sender, mut results_of_writes) = Results::channel();
    let (recorder, ended) =
        Recorder::start(&store, clock, limits, Metrics::new(), sender, EventsOut::none()).unwrap();
    let seconds = |call_id: &'static str| -> crate::bridge::write::Write {
        Box::new(move |tx, _| tx.add_after_call_work(call_id, None, 7).map(|()| Default::default()))
    };
    // While another program writes, all of it comes together.
    other
        .write(|_| {
            for n in 0..600 {
                recorder.record(record(&format!("c-{n}")));
            }
            let refused: crate::bridge::write::Write = Box::new(|tx, _| {
                tx.add_after_call_work("c-1", None, 1_000)?;
                Err(shared::store::StoreError::Conflict(shared::message!("いいえ", "no")))
            });
            for write in [seconds("c-0"), refused, seconds("c-599")] {
                assert!(recorder.write(write, crate::bridge::write::Requester::Bridge("test")).is_ok());
            }
            Ok::<_, shared::store::StoreError>(())
        })
        .unwrap();
    drop(recorder);
    ended.await.unwrap();
    let mut results = Vec::new();
    while let Some(result) = results_of_writes.recv().await {
        let Input::Written(done) = result else { unreachable!("only writes were handed over") };
        results.push(done.result.map(|_| ()).map_err(|error| error.to_string()));
    }
    assert_eq!(results.len(), 603);
    let refused: Vec<usize> = (0..603).filter(|n| results[*n].is_err()).collect();
    assert_eq!(refused, [601], "each is answered in its order, and one is refused");
    let mut reader = store.reader().unwrap();
    let acw = |reader: &mut shared::store::Reader, id: &str| reader.call(id).unwrap().unwrap().acw_seconds;
    assert_eq!(["c-0", "c-1", "c-599"].map(|id| acw(&mut reader, id)), [Some(7), None, Some(7)]);
}
