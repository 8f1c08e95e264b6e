//! Orders about live calls: `uuid_kill`, `uuid_hold` and `uuid_transfer`.

use super::FreeSwitchConfig;
use super::dial::refusal;
use crate::source::{Destination, Order, OrderError};

/// The command of an order.
///
/// # Errors
/// It is not set up, or something in it is what FreeSWITCH could interpret.
pub(super) fn command(config: &FreeSwitchConfig, order: &Order) -> Result<String, OrderError> {
    let leg = order.channel().as_str();
    // Identities are FreeSWITCH's own, but the outside may have a hand in them.
    if leg.is_empty() || !leg.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-') {
        return Err(OrderError::Gone);
    }
    match order {
        Order::Hangup { .. } => Ok(format!("api uuid_kill {leg} NORMAL_CLEARING")),
        Order::Hold { held: true, .. } => Ok(format!("api uuid_hold {leg}")),
        Order::Hold { held: false, .. } => Ok(format!("api uuid_hold off {leg}")),
        Order::PickUp { to, .. } => {
            to.check()?;
            let destination = config.transfer_destination.replace("{extension}", to.digits());
            match destination.is_empty() {
                true => Err(OrderError::NotSupported),
                false => Ok(format!("api uuid_transfer {leg} {destination}")),
            }
        }
        Order::Transfer { to, .. } => {
            to.check()?;
            let destination = match to {
                Destination::Extension(extension) => {
                    config.transfer_destination.replace("{extension}", extension)
                }
                // An application such as `&bridge(…)` is for `originate` only.
                Destination::Number(_)
                    if config.dial_endpoint.is_empty() || config.dial_destination.starts_with('&') =>
                {
                    return Err(OrderError::NotSupported);
                }
                Destination::Number(number) => config.dial_destination.replace("{number}", number),
            };
            match destination.is_empty() {
                true => Err(OrderError::NotSupported),
                // -bleg: the party with whom this leg talks.
                false => Ok(format!("api uuid_transfer {leg} -bleg {destination}")),
            }
        }
    }
}

/// What FreeSWITCH's answer says.
///
/// # Errors
/// It refused.
pub(super) fn result(answer: &str) -> Result<(), OrderError> {
    match answer.trim() {
        answer if answer.starts_with("+OK") => Ok(()),
        answer if answer.to_ascii_lowercase().contains("no such channel") => Err(OrderError::Gone),
        answer => Err(OrderError::Refused(refusal(answer))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::Secret;

    fn config() -> FreeSwitchConfig {
        FreeSwitchConfig::new("pbx:8021", Secret::new("s"))
    }

    fn transfer(to: Destination) -> Order {
        Order::Transfer { phone: "ab-1".into(), to }
    }

    #[test]
    fn orders_are_commands_about_the_agents_leg() {
        let hold = |held| Order::Hold { phone: "ab-1".into(), held };
        for (order, expected) in [
            (Order::Hangup { phone: "ab-1".into() }, "api uuid_kill ab-1 NORMAL_CLEARING"),
            (hold(true), "api uuid_hold ab-1"),
            (hold(false), "api uuid_hold off ab-1"),
            (
                Order::PickUp { caller: "ab-1".into(), to: Destination::Extension("202".to_owned()) },
                "api uuid_transfer ab-1 202 XML default",
            ),
            (
                transfer(Destination::Extension("202".to_owned())),
                "api uuid_transfer ab-1 -bleg 202 XML default",
            ),
            (
                transfer(Destination::Number("0312345678".to_owned())),
                "api uuid_transfer ab-1 -bleg 0312345678 XML default",
            ),
        ] {
            assert_eq!(command(&config(), &order).as_deref(), Ok(expected));
        }
    }

    #[test]
    fn injection_and_what_is_not_set_up_are_refused() {
        for leg in ["", "ab 1", "ab\nexit", "ab;x"] {
            assert_eq!(
                command(&config(), &Order::Hangup { phone: leg.into() }),
                Err(OrderError::Gone),
                "{leg}"
            );
        }
        for text in ["", "202 XML evil", "2\n02", "{extension}", "202,x", "&park"] {
            for to in [Destination::Extension(text.to_owned()), Destination::Number(text.to_owned())] {
                let refused = command(&config(), &transfer(to));
                assert!(matches!(refused, Err(OrderError::Refused(_))), "{text}");
            }
        }
        let mut bare = config();
        bare.transfer_destination.clear();
        let to = Destination::Extension("202".to_owned());
        assert_eq!(command(&bare, &transfer(to)), Err(OrderError::NotSupported));
        bare.dial_destination = "&bridge(sofia/gateway/carrier/{number})".to_owned();
        let to = Destination::Number("0312345678".to_owned());
        assert_eq!(command(&bare, &transfer(to)), Err(OrderError::NotSupported));
    }

    #[test]
    fn an_answer_that_is_not_ok_is_a_refusal_with_its_words() {
        assert_eq!(result("+OK\n"), Ok(()));
        assert_eq!(result("-ERR No such channel!\n"), Err(OrderError::Gone));
        let refused = result("-ERR Operation failed 0312345678\n").unwrap_err();
        assert_eq!(refused.to_string(), "the PBX refused: Operation failed");
        assert!(matches!(result(""), Err(OrderError::Refused(_))));
    }
}
