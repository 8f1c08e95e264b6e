//! Orders about live calls: `Hangup`, `BlindTransfer` and `Redirect`. Asterisk has no action that puts a party on hold.

use std::collections::HashMap;
use std::time::Duration;

use shared::message;
use tokio::time::Instant;

use super::AmiConfig;
use super::action::Action;
use super::dial::{is_gone, refusal};
use crate::call::ChannelId;
use crate::source::{Destination, Order, OrderError, OrderReply};

/// How the action ids of orders begin.
pub(super) const ID_PREFIX: &str = "order-";
/// Orders that may be pending at once.
const ORDERS_MAX: usize = 1_000;

/// Orders that Asterisk has not answered yet, by action id.
#[derive(Debug, Default)]
pub(super) struct Orders {
    pending: HashMap<String, Pending>,
    next: u64,
}

/// An order without its answer.
#[derive(Debug)]
struct Pending {
    deadline: Instant,
    reply: OrderReply,
    /// The caller who is sent to another phone.
    redirected: Option<ChannelId>,
}

impl Orders {
    /// Writes the action of an order; `name_of` gives a channel's name. A refused order is answered at once.
    pub(super) fn send(
        &mut self,
        config: &AmiConfig,
        order: &Order,
        name_of: impl Fn(&ChannelId) -> Option<String>,
        reply: OrderReply,
        bytes: &mut Vec<u8>,
    ) {
        let id = format!("{ID_PREFIX}{}", self.next + 1);
        match self.check_room().and_then(|()| action(config, order, name_of, &id)) {
            Ok(action) => {
                self.next += 1;
                action.write_to(bytes);
                let deadline = Instant::now() + Duration::from_millis(config.login_timeout_ms);
                self.pending.insert(id, Pending { deadline, reply, redirected: order.redirected() });
            }
            // The requester may have disconnected.
            Err(error) => drop(reply.send(Err(error))),
        }
    }

    fn check_room(&self) -> Result<(), OrderError> {
        match self.pending.len() < ORDERS_MAX {
            true => Ok(()),
            false => Err(OrderError::Refused(message!(
                "PBX への操作が混み合っています。しばらくしてからもう一度お試しください",
                "too many orders are waiting; try again shortly",
            ))),
        }
    }

    /// Asterisk carried out or refused an order. Returns the caller who is on the way to another phone.
    pub(super) fn answer(&mut self, id: &str, response: &str, reason: Option<&str>) -> Option<ChannelId> {
        let result = match response {
            "Success" => Ok(()),
            _ if reason.is_some_and(is_gone) => Err(OrderError::Gone),
            _ => Err(OrderError::Refused(refusal(reason))),
        };
        let Pending { reply, redirected, .. } = self.pending.remove(id)?;
        let redirected = redirected.filter(|_| result.is_ok());
        // The requester may have disconnected.
        let _ = reply.send(result);
        redirected
    }

    /// When the next order times out.
    pub(super) fn deadline(&self) -> Option<Instant> {
        self.pending.values().map(|pending| pending.deadline).min()
    }

    /// Fails the orders that were not answered in time.
    pub(super) fn expire(&mut self, now: Instant) {
        for (_, pending) in self.pending.extract_if(|_, pending| pending.deadline <= now) {
            let _ = pending.reply.send(Err(OrderError::Timeout));
        }
    }
}

fn action(
    config: &AmiConfig,
    order: &Order,
    name_of: impl Fn(&ChannelId) -> Option<String>,
    id: &str,
) -> Result<Action, OrderError> {
    // `Hangup` takes a name that begins with a slash for a pattern.
    let name = name_of(order.channel()).filter(|name| !name.starts_with('/')).ok_or(OrderError::Gone)?;
    match order {
        // 16: an ordinary end.
        Order::Hangup { .. } => Ok(Action::new("Hangup", id).with("Channel", &name).with("Cause", "16")),
        Order::Hold { .. } => Err(OrderError::NotSupported),
        Order::PickUp { to, .. } if config.transfer_context.is_empty() => {
            to.check().and(Err(OrderError::NotSupported))
        }
        Order::PickUp { to, .. } => {
            to.check()?;
            let action = Action::new("Redirect", id).with("Channel", &name);
            let action = action.with("Context", &config.transfer_context).with("Exten", to.digits());
            Ok(action.with("Priority", "1"))
        }
        Order::Transfer { to, .. } => {
            to.check()?;
            let (context, exten) = match to {
                Destination::Extension(extension) => (&config.transfer_context, extension.clone()),
                Destination::Number(number) => {
                    (&config.dial_context, format!("{}{number}", config.dial_prefix))
                }
            };
            if context.is_empty() {
                return Err(OrderError::NotSupported);
            }
            let action = Action::new("BlindTransfer", id).with("Channel", &name);
            Ok(action.with("Context", context).with("Exten", &exten))
        }
    }
}

impl Drop for Orders {
    fn drop(&mut self) {
        for (_, pending) in self.pending.drain() {
            let _ = pending.reply.send(Err(OrderError::Down));
        }
    }
}

#[cfg(test)]
mod tests {
    use tokio::sync::oneshot;

    use super::*;
    use crate::source::Secret;

    type Answer = oneshot::Receiver<Result<(), OrderError>>;

    fn config() -> AmiConfig {
        let mut config = AmiConfig::new("pbx:5038", "chakuden", Secret::new("s"));
        (config.transfer_context, config.dial_context) = ("internal".to_owned(), "outgoing".to_owned());
        config.dial_prefix = "0".to_owned();
        config
    }

    fn sent(orders: &mut Orders, config: &AmiConfig, order: &Order) -> (String, Answer) {
        let (reply, answer) = oneshot::channel();
        let mut bytes = Vec::new();
        let name_of = |channel: &ChannelId| match channel.as_str() {
            "1.2" => Some("PJSIP/201-0000001".to_owned()),
            "1.3" => Some("/.*/".to_owned()),
            _ => None,
        };
        orders.send(config, order, name_of, reply, &mut bytes);
        (String::from_utf8(bytes).unwrap(), answer)
    }

    fn transfer(to: Destination) -> Order {
        Order::Transfer { phone: "1.2".into(), to }
    }

    #[tokio::test(start_paused = true)]
    async fn orders_name_the_channel_and_are_answered_once() {
        let mut orders = Orders::default();
        let hangup = Order::Hangup { phone: "1.2".into() };
        let (text, answer) = sent(&mut orders, &config(), &hangup);
        assert_eq!(
            text,
            "Action: Hangup\r\nActionID: order-1\r\nChannel: PJSIP/201-0000001\r\nCause: 16\r\n\r\n"
        );
        orders.answer("order-1", "Success", Some("Channel Hungup"));
        assert_eq!(answer.await.unwrap(), Ok(()));
        let (text, answer) =
            sent(&mut orders, &config(), &transfer(Destination::Extension("202".to_owned())));
        assert_eq!(
            text,
            "Action: BlindTransfer\r\nActionID: order-2\r\nChannel: PJSIP/201-0000001\r\nContext: internal\r\n\
             Exten: 202\r\n\r\n"
        );
        orders.answer("order-2", "Error", Some("Transfer not permitted"));
        let error = answer.await.unwrap().unwrap_err();
        assert_eq!(error.to_string(), "the PBX refused: Transfer not permitted");
        let (text, answer) =
            sent(&mut orders, &config(), &transfer(Destination::Number("0312345678".to_owned())));
        assert!(text.contains("Context: outgoing\r\nExten: 00312345678\r\n"), "{text}");
        orders.answer("order-3", "Error", Some("No such channel"));
        assert_eq!(answer.await.unwrap(), Err(OrderError::Gone));
        assert_eq!(orders.deadline(), None);
    }

    #[tokio::test(start_paused = true)]
    async fn a_ringing_caller_is_sent_to_the_phone_of_who_picks_up() {
        let mut orders = Orders::default();
        let pick_up = Order::PickUp { caller: "1.2".into(), to: Destination::Extension("202".to_owned()) };
        let (text, answer) = sent(&mut orders, &config(), &pick_up);
        assert_eq!(
            text,
            "Action: Redirect\r\nActionID: order-1\r\nChannel: PJSIP/201-0000001\r\nContext: internal\r\n\
             Exten: 202\r\nPriority: 1\r\n\r\n"
        );
        assert_eq!(orders.answer("order-1", "Success", Some("Redirect successful")), Some("1.2".into()));
        assert_eq!(answer.await.unwrap(), Ok(()));
        let (_, answer) = sent(&mut orders, &config(), &pick_up);
        assert_eq!(orders.answer("order-2", "Error", Some("Channel does not exist: x")), None);
        assert_eq!(answer.await.unwrap(), Err(OrderError::Gone));
        let mut bare = config();
        bare.transfer_context.clear();
        let (text, answer) = sent(&mut orders, &bare, &pick_up);
        assert_eq!((text.as_str(), answer.await.unwrap()), ("", Err(OrderError::NotSupported)));
    }

    #[tokio::test(start_paused = true)]
    async fn what_cannot_be_ordered_is_answered_at_once_and_nothing_is_sent() {
        let mut bare = config();
        (bare.transfer_context, bare.dial_context) = (String::new(), String::new());
        let extension = |text: &str| transfer(Destination::Extension(text.to_owned()));
        let number = |text: &str| transfer(Destination::Number(text.to_owned()));
        let unsupported = OrderError::NotSupported;
        for (config, order, expected) in [
            (config(), Order::Hold { phone: "1.2".into(), held: true }, Some(unsupported.clone())),
            (config(), Order::Hangup { phone: "9.9".into() }, Some(OrderError::Gone)),
            (config(), Order::Hangup { phone: "1.3".into() }, Some(OrderError::Gone)),
            (bare.clone(), extension("202"), Some(unsupported.clone())),
            (bare, number("0312345678"), Some(unsupported)),
            (config(), extension("202\r\nAction: X"), None),
            (config(), extension(""), None),
            (config(), number("03 1"), None),
        ] {
            let (text, answer) = sent(&mut Orders::default(), &config, &order);
            assert_eq!(text, "", "{order:?}");
            let error = answer.await.unwrap().unwrap_err();
            match expected {
                Some(expected) => assert_eq!(error, expected, "{order:?}"),
                None => assert!(matches!(error, OrderError::Refused(_)), "{order:?}"),
            }
        }
    }

    #[tokio::test(start_paused = true)]
    async fn an_order_without_an_answer_times_out_and_one_of_a_lost_connection_fails() {
        let mut orders = Orders::default();
        let hangup = Order::Hangup { phone: "1.2".into() };
        let (_, mut late) = sent(&mut orders, &config(), &hangup);
        let deadline = orders.deadline().unwrap();
        orders.expire(deadline - Duration::from_millis(1));
        assert!(late.try_recv().is_err());
        orders.expire(deadline);
        assert_eq!(late.try_recv().unwrap(), Err(OrderError::Timeout));
        let (_, lost) = sent(&mut orders, &config(), &hangup);
        drop(orders);
        assert_eq!(lost.await.unwrap(), Err(OrderError::Down));
    }
}
