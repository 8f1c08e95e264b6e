//! Lookups before a phone rings.

use super::*;

#[tokio::test]
async fn an_early_lookup_is_shown_when_the_phone_rings() {
    let mut desk = Desk::new();
    desk.bridge.prepare(akagi());
    desk.finish_preparation().await;
    desk.ring(&akagi(), "201");
    assert_eq!(desk.seen(0), ["call.ringing one ringing"], "nothing is waited for");
    assert!(!desk.has(|result| matches!(result, Input::Found(_))), "and nobody is asked again");
}

/// Why, what was looked up ahead, and what happens then.
type Stale = (&'static str, CallInfo, fn(&mut Bridge));

#[tokio::test]
async fn an_early_lookup_that_may_be_stale_is_repeated() {
    let mut desk = Desk::new();
    let other = CallInfo { customer_code: Some("C9".to_owned()), ..akagi() };
    let nothing = |_: &mut Bridge| {};
    let grows_old =
        |bridge: &mut Bridge| bridge.preparation.forget_old(Instant::now() + Duration::from_secs(30));
    let customer_changes = |bridge: &mut Bridge| bridge.preparation.forget_all();
    let stale: [Stale; 3] = [
        ("it is too old", akagi(), grows_old),
        ("a customer changed", akagi(), customer_changes),
        ("it is about another", other, nothing),
    ];
    for (why, prepared, happens) in stale {
        desk.bridge.prepare(prepared);
        desk.finish_preparation().await;
        happens(&mut desk.bridge);
        desk.ring(&akagi(), "201");
        assert_eq!(desk.seen(0), Vec::<String>::new(), "{why}");
        desk.finish_lookup().await;
        assert_eq!(desk.seen(0), ["call.ringing one ringing"], "{why}");
        desk.bridge.calls.clear();
    }
}

#[tokio::test]
async fn a_lookup_from_before_a_change_is_not_shown_after_it() {
    let mut desk = Desk::new();
    desk.bridge.prepare(akagi());
    let prepared = desk.result(|result| matches!(result, Input::Prepared(_))).await;
    desk.bridge.preparation.forget_all();
    desk.bridge.apply(prepared);
    desk.ring(&akagi(), "201");
    assert_eq!(desk.seen(0), Vec::<String>::new());
}

#[tokio::test]
async fn a_withheld_number_is_not_looked_up_before_the_phone_rings() {
    let mut desk = Desk::new();
    desk.bridge.prepare(call(CallerNumber::Withheld));
    assert!(!desk.has(|result| matches!(result, Input::Prepared(_))));
    assert_eq!(desk.bridge.lookups.waiting(), 0);
}
