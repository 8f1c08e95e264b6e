//! A bounded queue in which everybody who asks gets their turn.

use std::collections::{HashMap, VecDeque};
use std::hash::Hash;

/// Work that waits, by who asked. Whoever has work waiting gets one piece done before anybody gets a second one.
#[derive(Debug)]
pub(super) struct Turns<K, T> {
    max: usize,
    max_each: usize,
    waiting: usize,
    /// Who is next. Everybody in here has work in `work`.
    order: VecDeque<K>,
    work: HashMap<K, VecDeque<T>>,
}

impl<K: Hash + Eq + Clone, T> Turns<K, T> {
    /// At most `max` pieces wait, and at most `max_each` of one who asks.
    pub(super) fn new(max: usize, max_each: usize) -> Self {
        Self { max, max_each, waiting: 0, order: VecDeque::new(), work: HashMap::new() }
    }

    /// Adds a piece of work. It is handed back when the queue is full, or this asker's share of it.
    pub(super) fn push(&mut self, who: &K, piece: T) -> Result<(), T> {
        if self.waiting >= self.max {
            return Err(piece);
        }
        match self.work.get_mut(who) {
            Some(own) if own.len() >= self.max_each => return Err(piece),
            Some(own) => own.push_back(piece),
            None => {
                self.order.push_back(who.clone());
                self.work.insert(who.clone(), VecDeque::from([piece]));
            }
        }
        self.waiting += 1;
        Ok(())
    }

    /// The next piece of whoever is next.
    pub(super) fn pop(&mut self) -> Option<T> {
        let who = self.order.pop_front()?;
        let own = self.work.get_mut(&who)?;
        let piece = own.pop_front();
        if own.is_empty() {
            self.work.remove(&who);
        } else {
            self.order.push_back(who);
        }
        self.waiting -= usize::from(piece.is_some());
        piece
    }

    /// How many pieces wait.
    pub(super) fn len(&self) -> usize {
        self.waiting
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::Turns;

    #[test]
    fn an_asker_with_much_work_delays_another_by_one_piece() {
        let mut turns = Turns::new(100, 50);
        (0..40).for_each(|n| turns.push(&"busy", ("busy", n)).unwrap());
        turns.push(&"other", ("other", 0)).unwrap();
        let served: Vec<_> = std::iter::from_fn(|| turns.pop()).take(3).collect();
        assert_eq!(served, [("busy", 0), ("other", 0), ("busy", 1)]);
    }

    #[test]
    fn one_asker_cannot_fill_the_queue() {
        let mut turns = Turns::new(4, 2);
        assert_eq!(
            [turns.push(&1, 'a'), turns.push(&1, 'b'), turns.push(&1, 'c')],
            [Ok(()), Ok(()), Err('c')]
        );
        assert_eq!(
            [turns.push(&2, 'd'), turns.push(&3, 'e'), turns.push(&4, 'f')],
            [Ok(()), Ok(()), Err('f')]
        );
        assert_eq!(turns.pop(), Some('a'));
        assert_eq!(turns.push(&4, 'f'), Ok(()));
    }

    proptest! {
        /// Against a naive model: a list, of which the first piece of the asker who was served least recently is next.
        #[test]
        fn pieces_come_in_turns(actions in proptest::collection::vec(proptest::option::of(0_u8..4), 0..200)) {
            let mut turns = Turns::new(12, 5);
            let mut list: Vec<(u8, usize)> = Vec::new();
            let mut order: Vec<u8> = Vec::new();
            for (n, action) in actions.into_iter().enumerate() {
                match action {
                    Some(who) => {
                        let fits = list.len() < 12 && list.iter().filter(|piece| piece.0 == who).count() < 5;
                        prop_assert_eq!(turns.push(&who, (who, n)).is_ok(), fits);
                        if fits {
                            list.push((who, n));
                            if !order.contains(&who) {
                                order.push(who);
                            }
                        }
                    }
                    None => {
                        let next = order.first().copied();
                        let at = next.and_then(|who| list.iter().position(|piece| piece.0 == who));
                        let expected = at.map(|at| list.remove(at));
                        prop_assert_eq!(turns.pop(), expected);
                        if let Some(who) = next {
                            order.remove(0);
                            if list.iter().any(|piece| piece.0 == who) {
                                order.push(who);
                            }
                        }
                    }
                }
                prop_assert_eq!(turns.len(), list.len());
            }
        }
    }
}
