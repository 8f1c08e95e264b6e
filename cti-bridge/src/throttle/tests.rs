use std::net::IpAddr;

use proptest::prelude::*;

use super::*;

fn at(micros: i64) -> DateTime<Utc> {
    DateTime::from_timestamp_micros(1_795_000_000 * SECOND + micros).unwrap()
}

const HOME: &str = "198.51.100.7";

fn address(text: &str) -> IpAddr {
    text.parse().unwrap()
}

#[test]
fn a_burst_then_one_each_interval() {
    let mut rates = Rates::new(Rate::per_second(3, 10), 8);
    for _ in 0..3 {
        assert_eq!(rates.take(&"A201", at(0)), Ok(()));
    }
    assert_eq!(rates.take(&"A201", at(0)), Err(Duration::from_millis(100)));
    assert_eq!(rates.take(&"A202", at(0)), Ok(()), "another agent has its own");
    assert_eq!(rates.take(&"A201", at(99_999)), Err(Duration::from_micros(1)));
    assert_eq!(rates.take(&"A201", at(100_000)), Ok(()));
    assert_eq!(rates.take(&"A201", at(100_000)), Err(Duration::from_millis(100)));
}

#[test]
fn a_rate_of_zero_means_no_limit() {
    let mut rates = Rates::new(Rate::per_second(1, 0), 8);
    assert!((0..1_000).all(|_| rates.take(&1, at(0)).is_ok()) && rates.is_empty());
}

#[test]
fn a_clock_set_back_locks_nobody_out() {
    let mut rates = Rates::new(Rate::per_second(2, 1), 8);
    assert!(rates.take(&1, at(0)).is_ok() && rates.take(&1, at(0)).is_ok());
    assert_eq!(rates.take(&1, at(-7_200 * SECOND)), Err(Duration::from_secs(1)));
    let mut failures = Failures::new(FailureRule { free: 1, wait_max_seconds: 60 }, 8);
    failures.count(&1, at(0));
    assert_eq!(failures.check(&1, at(-7_200 * SECOND)), Err(Duration::from_secs(1)));
}

#[test]
fn waits_double_up_to_the_longest() {
    let rule = FailureRule { free: 2, wait_max_seconds: 10 };
    let waits: Vec<i64> = (0..8).map(|failures| rule.wait(failures) / SECOND).collect();
    assert_eq!(waits, [0, 0, 1, 2, 4, 8, 10, 10]);
    assert_eq!(rule.wait(u32::MAX), 10 * SECOND);
}

fn sign_ins() -> SignIns {
    let rule = |free| FailureRule { free, wait_max_seconds: 60 };
    SignIns::new(rule(2), rule(3), 64)
}

fn guess<'a>(agent_code: &'a str, from: &str) -> Guess<'a> {
    Guess { agent_code, device: None, address: from.parse().unwrap() }
}

#[test]
fn only_failures_count_and_a_success_gives_back_everything() {
    let mut sign_ins = sign_ins();
    let one = guess("A201", HOME);
    for _ in 0..1_000 {
        assert_eq!(sign_ins.check(one, at(0)), Ok(()), "attempts under way do not count");
    }
    sign_ins.wrong_password(one, at(0));
    sign_ins.wrong_password(one, at(0));
    assert_eq!(sign_ins.check(one, at(0)), Err(Duration::from_secs(1)));
    assert_eq!(sign_ins.check(guess("A202", HOME), at(0)), Ok(()), "one more of the address is free");
    sign_ins.right_password(one);
    for agent in ["A201", "A202"] {
        assert_eq!(sign_ins.check(guess(agent, HOME), at(0)), Ok(()));
        sign_ins.wrong_password(guess(agent, HOME), at(0));
        assert_eq!(sign_ins.check(guess(agent, HOME), at(0)), Ok(()));
    }
}

#[test]
fn a_wait_of_one_agent_or_address_does_not_affect_others() {
    let mut sign_ins = sign_ins();
    for _ in 0..3 {
        sign_ins.wrong_password(guess("A201", HOME), at(0));
    }
    for (agent, from, free) in [
        ("A201", HOME, false),
        ("A202", HOME, false),
        ("A201", "203.0.113.9", false),
        ("A202", "203.0.113.9", true),
        ("A203", "::ffff:198.51.100.7", false),
        ("A203", "2001:db8::1", true),
        ("A202", "127.0.0.1", true),
    ] {
        assert_eq!(sign_ins.check(guess(agent, from), at(0)).is_ok(), free, "{agent} {from}");
    }
    for from in ["2001:db8::1", "2001:db8::2", "2001:db8::3", "::1", "127.0.0.1", "127.0.0.1"] {
        sign_ins.wrong_password(guess(from, from), at(0));
    }
    for (from, free) in
        [("2001:db8::ffff:2", false), ("2001:db8:0:1::1", true), ("::1", true), ("127.0.0.1", true)]
    {
        assert_eq!(sign_ins.check(guess("A9", from), at(0)).is_ok(), free, "{from}");
    }
}

#[test]
fn a_guesser_delays_neither_the_agents_device_nor_the_other_way_round() {
    let mut sign_ins = sign_ins();
    let guesser = guess("A201", HOME);
    let owner = Guess { device: Some([1; 16]), ..guess("A201", HOME) };
    for _ in 0..3 {
        sign_ins.wrong_password(guesser, at(0));
    }
    assert!(sign_ins.check(guesser, at(0)).is_err());
    assert_eq!(sign_ins.check(owner, at(0)), Ok(()));
    sign_ins.right_password(owner);
    assert!(sign_ins.check(guesser, at(0)).is_err(), "the owner's success is none of the guesser's");
    for _ in 0..2 {
        sign_ins.wrong_password(owner, at(0));
    }
    assert_eq!(sign_ins.check(owner, at(0)), Err(Duration::from_secs(1)), "a gate of its own");
    assert_eq!(sign_ins.check(Guess { device: Some([2; 16]), ..owner }, at(0)), Ok(()));
}

#[test]
fn tokens_that_have_ended_count_for_themselves_and_valid_ones_never() {
    let mut sign_ins = sign_ins();
    let home = address(HOME);
    for n in 0..100 {
        assert_eq!(sign_ins.invalid_token(Some(&format!("page {n}")), home, at(n)), Ok(()));
    }
    for _ in 0..3 {
        assert_eq!(sign_ins.invalid_token(Some("one page"), home, at(0)), Ok(()));
    }
    assert_eq!(sign_ins.invalid_token(Some("one page"), home, at(0)), Err(Duration::from_secs(1)));
    assert_eq!(sign_ins.invalid_token(Some("another"), home, at(0)), Ok(()));
    for _ in 0..3 {
        assert_eq!(sign_ins.invalid_token(None, home, at(0)), Ok(()), "an unknown one is a guess");
    }
    assert_eq!(sign_ins.invalid_token(None, home, at(0)), Err(Duration::from_secs(1)));
    assert_eq!(sign_ins.invalid_token(None, home, at(SECOND)), Ok(()), "the wait was true");
    assert_eq!(sign_ins.check(guess("A201", HOME), at(0)), Ok(()), "passwords are counted apart");
    sign_ins.valid_token(home);
    assert_eq!(sign_ins.invalid_token(None, home, at(SECOND)), Ok(()));
}

#[test]
fn memory_is_bounded_and_the_longest_waits_are_kept() {
    let mut failures = Failures::new(FailureRule { free: 1, wait_max_seconds: 900 }, 10);
    for n in 0..5 {
        failures.count(&0, at(n));
    }
    for key in 1..1_000 {
        failures.count(&key, at(5 + key));
        assert!(failures.len() <= 10);
    }
    assert!(failures.check(&0, at(1_005)).is_err());
    let mut rates = Rates::new(Rate::per_second(1, 1), 10);
    for key in 0..1_000 {
        assert!(rates.take(&key, at(key)).is_ok());
        assert!(rates.len() <= 10);
    }
}

proptest! {
    /// Compared with a token bucket that counts micro-tokens.
    #[test]
    fn rates_agree_with_a_token_bucket(
        burst in 1_u32..6,
        per_second in proptest::sample::select(vec![1_u32, 2, 4, 5, 8, 10, 100]),
        steps in proptest::collection::vec((0_i64..600_000, 0_usize..3), 1..80),
    ) {
        let mut rates = Rates::new(Rate::per_second(burst, per_second), 8);
        let full = i64::from(burst) * SECOND;
        let mut model = [(full, 0_i64); 3];
        let mut now = 0;
        for (step, key) in steps {
            now += step;
            let (tokens, last) = &mut model[key];
            *tokens = (*tokens + (now - *last) * i64::from(per_second)).min(full);
            *last = now;
            let taken = rates.take(&key, at(now));
            prop_assert_eq!(taken.is_ok(), *tokens >= SECOND);
            match taken {
                Ok(()) => *tokens -= SECOND,
                Err(wait) => {
                    let missing = (SECOND - *tokens + i64::from(per_second) - 1) / i64::from(per_second);
                    prop_assert_eq!(wait, wait_of(missing));
                }
            }
        }
    }

    /// Compared with a list of all failures.
    #[test]
    fn failures_agree_with_the_model(
        free in 0_u32..4, wait_max_seconds in 0_u32..20,
        steps in proptest::collection::vec((prop_oneof![0..3 * SECOND, Just(4_000 * SECOND)], 0_u8..3), 1..60),
    ) {
        let rule = FailureRule { free, wait_max_seconds };
        let mut failures = Failures::new(rule, 8);
        let mut model: Vec<i64> = Vec::new();
        let mut now = 0;
        for (step, what) in steps {
            now += step;
            let wait = rule.wait(u32::try_from(model.len()).unwrap());
            if model.last().is_some_and(|last| now >= last + wait + FORGET_AFTER) {
                model.clear();
            }
            let wait = rule.wait(u32::try_from(model.len()).unwrap());
            let free_at = model.last().map_or(now, |last| last + wait);
            prop_assert_eq!(failures.check(&1, at(now)).err(), (free_at > now).then(|| wait_of(free_at - now)));
            match what {
                0 => { failures.clear(&1); model.clear(); }
                _ => { failures.count(&1, at(now)); model.push(now); }
            }
        }
    }
}
