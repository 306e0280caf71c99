//! What waits on one topic for one persistent session: numbered messages, and what either end knows of each.

use std::collections::VecDeque;

use super::Broken;

/// Messages in the order of their publishing. Those that cannot come any more are not in it.
#[derive(Clone, Debug)]
pub(crate) struct Queue {
    topic: String,
    messages: VecDeque<Message>,
    published: u64,
    /// The last number that came on the present connection; numbers begin with 1.
    last_come: u64,
}

#[derive(Clone, Debug)]
struct Message {
    number: u64,
    /// The publisher has its PUBACK.
    stored: bool,
    end: End,
}

/// How far the subscriber got with a message.
#[derive(Clone, Copy, Debug, PartialEq)]
enum End {
    Open,
    /// It sent a PUBACK, which may or may not have arrived.
    Acknowledged,
    /// The broker has had that PUBACK, but may not have stored it.
    Heard,
}

impl Queue {
    pub(crate) fn new(topic: String) -> Self {
        Self {
            topic,
            messages: VecDeque::new(),
            published: 0,
            last_come: 0,
        }
    }

    pub(crate) fn topic(&self) -> &str {
        &self.topic
    }

    /// A message is about to be published. Returns its number.
    pub(crate) fn publish(&mut self) -> u64 {
        self.published += 1;
        self.messages.push_back(Message {
            number: self.published,
            stored: false,
            end: End::Open,
        });
        self.published
    }

    /// How many messages the publisher has no PUBACK for, though they may have been stored.
    pub(crate) fn unanswered(&self) -> usize {
        self.messages.iter().filter(|it| !it.stored).count()
    }

    /// The PUBACK for its publisher came.
    pub(crate) fn store(&mut self, number: u64) {
        self.change(number, |message| message.stored = true);
    }

    /// The subscriber has a new connection, on which everything may come again.
    pub(crate) fn reconnect(&mut self) {
        self.last_come = 0;
    }

    /// A message came to the subscriber. Returns whether it might have been the end of it before.
    pub(crate) fn come(&mut self, number: u64) -> Result<bool, Broken> {
        if number <= self.last_come {
            return Err(self.broken(number, "came out of order"));
        }
        let Some(message) = self.messages.iter().find(|it| it.number == number) else {
            return Err(self.broken(number, "came, which was published never or ended for good"));
        };
        let again = message.end != End::Open;
        // What should have come before it and did not never will, but for what was acknowledged and may yet be found
        // on disk.
        let skipped = |it: &Message| it.number > self.last_come && it.number < number;
        let lost = |it: &&Message| skipped(it) && it.stored && it.end == End::Open;
        if let Some(lost) = self.messages.iter().find(lost) {
            return Err(self.broken(lost.number, &format!("did not come, but {number} did")));
        }
        self.messages
            .retain(|it| !skipped(it) || it.end != End::Open);
        self.last_come = number;
        // A PUBACK from before was lost together with its connection.
        self.change(number, |message| message.end = End::Open);
        Ok(again)
    }

    /// The subscriber is about to send its PUBACK.
    pub(crate) fn acknowledge(&mut self, number: u64) {
        self.change(number, |message| message.end = End::Acknowledged);
    }

    /// After a start everything came: what is still here was on disk. The broker has had all PUBACKs.
    pub(crate) fn end_look(&mut self) {
        for message in &mut self.messages {
            message.stored = true;
            if message.end == End::Acknowledged {
                message.end = End::Heard;
            }
        }
    }

    /// Something was stored after [`Self::end_look`], and what the broker heard before with it.
    pub(crate) fn settle(&mut self) {
        self.messages.retain(|it| it.end != End::Heard);
    }

    fn change(&mut self, number: u64, change: impl FnOnce(&mut Message)) {
        if let Some(message) = self.messages.iter_mut().find(|it| it.number == number) {
            change(message);
        }
    }

    fn broken(&self, number: u64, what: &str) -> Broken {
        Broken(format!("{}: message {number} {what}", self.topic))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Five messages: the publisher has a PUBACK for the first three.
    fn queue() -> Queue {
        let mut queue = Queue::new("topic".to_owned());
        for _ in 0..5 {
            queue.publish();
        }
        for number in 1..=3 {
            queue.store(number);
        }
        queue
    }

    fn come(queue: &mut Queue, numbers: &[u64]) -> Result<(), Broken> {
        queue.reconnect();
        numbers
            .iter()
            .try_for_each(|number| queue.come(*number).map(drop))
    }

    #[test]
    fn what_was_acknowledged_to_the_publisher_comes_and_the_rest_may() {
        for numbers in [
            &[1, 2, 3][..],
            &[1, 2, 3, 4],
            &[1, 2, 3, 5],
            &[1, 2, 3, 4, 5],
        ] {
            assert_eq!(come(&mut queue(), numbers), Ok(()), "{numbers:?}");
        }
    }

    #[test]
    fn anything_else_is_a_broken_promise() {
        for (what, numbers) in [
            ("the first is lost", &[2][..]),
            ("one in the middle is lost", &[1, 3]),
            ("two are swapped", &[1, 3, 2]),
            ("one comes twice on one connection", &[1, 2, 2]),
            ("nobody published it", &[1, 2, 3, 6]),
        ] {
            assert!(come(&mut queue(), numbers).is_err(), "{what}");
        }
        let broken = come(&mut queue(), &[1, 3]).unwrap_err();
        assert_eq!(broken.0, "topic: message 2 did not come, but 3 did");
    }

    #[test]
    fn a_message_that_was_not_stored_cannot_come_later() {
        let mut queue = queue();
        assert_eq!(come(&mut queue, &[1, 2, 3, 5]), Ok(()));
        assert!(come(&mut queue, &[1, 2, 3, 4]).is_err());
        assert_eq!(come(&mut queue, &[1, 2, 3, 5]), Ok(()));
    }

    #[test]
    fn what_came_after_a_start_must_come_until_it_is_acknowledged() {
        let mut queue = queue();
        assert_eq!(come(&mut queue, &[1, 2, 3, 4]), Ok(()));
        assert_eq!(
            come(&mut queue.clone(), &[1, 2, 3, 5]),
            Ok(()),
            "it was never on disk"
        );
        let marker = queue.publish();
        assert_eq!(come(&mut queue, &[1, 2, 3, 4, marker]), Ok(()));
        queue.end_look();
        assert!(come(&mut queue.clone(), &[1, 2, 3, marker]).is_err());
        assert_eq!(come(&mut queue, &[1, 2, 3, 4, marker]), Ok(()));
    }

    #[test]
    fn an_acknowledged_message_may_come_again_until_that_is_stored() {
        let mut queue = queue();
        assert_eq!(queue.come(1), Ok(false));
        queue.acknowledge(1);
        let mut again = queue.clone();
        again.reconnect();
        assert_eq!(again.come(1), Ok(true));
        assert!(come(&mut again, &[2]).is_err(), "nothing ended it since");
        assert_eq!(come(&mut queue.clone(), &[2, 3]), Ok(()));
        queue.end_look();
        assert_eq!(come(&mut queue.clone(), &[2, 3]), Ok(()));
        assert_eq!(come(&mut queue.clone(), &[1, 2]), Ok(()));
        queue.settle();
        assert!(come(&mut queue.clone(), &[1, 2]).is_err());
        assert_eq!(come(&mut queue, &[2, 3]), Ok(()));
    }
}
