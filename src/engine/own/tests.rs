//! One life as a device without a link: what is taken, what waits, what goes.

use super::running::MAX_WAITING;
use super::*;

fn settings(target: OwnTarget) -> OwnSettings {
    OwnSettings {
        thing: "phone".to_owned(),
        target,
        every: 5,
        details: false,
    }
}

fn on_topic() -> Running {
    Running::new(settings(OwnTarget::Topic(TOPIC.to_owned())))
}

fn at(latitude: f64, millis: i64) -> OwnPosition {
    OwnPosition {
        latitude,
        longitude: 135.0,
        accuracy: 10.0,
        speed: None,
        heading: None,
        at: UnixMillis(millis),
    }
}

/// What would go out at that time, all of it.
fn drain(running: &mut Running, now: Instant) -> Vec<Item> {
    let mut items = Vec::new();
    let mut now = now;
    while let Some(item) = running.poll(true, now) {
        let id = PacketId::new(items.len() as u16 + 1);
        running.handle_sent(item.clone(), id, now);
        running.handle_acknowledged(id.unwrap(), UnixMillis(1));
        items.push(item);
        now = now + std::time::Duration::from_millis(20);
    }
    items
}

fn check_start(thing: &str, topic: Option<&str>, expected: Result<&str, OwnInvalid>) {
    let target = topic.map_or(OwnTarget::Shadow, |topic| {
        OwnTarget::Topic(topic.to_owned())
    });
    let checked = check(OwnSettings {
        thing: thing.to_owned(),
        ..settings(target)
    });
    let topic = checked.map(|settings| Running::new(settings).topic(true));
    assert_eq!(topic.as_deref().map_err(|error| *error), expected);
}

#[test]
fn it_starts_only_where_something_can_be_published() {
    check_start("phone", Some("topic_1"), Ok("topic_1"));
    check_start(
        "phone",
        Some("fleet/{thing}/location"),
        Ok("fleet/phone/location"),
    );
    check_start("phone", None, Ok("$aws/things/phone/shadow/update"));
    check_start(
        "phone",
        Some("$aws/rules/store/topic_1"),
        Ok("$aws/rules/store/topic_1"),
    );
    check_start("", None, Err(OwnInvalid::Thing));
    check_start("a/b", Some("topic_1"), Err(OwnInvalid::Thing));
    for topic in ["", "a/+", "#", "a\0"] {
        check_start("phone", Some(topic), Err(OwnInvalid::Topic));
    }
    for topic in ["$aws/things/phone/shadow/update", "$SYS/x"] {
        check_start("phone", Some(topic), Err(OwnInvalid::Reserved));
    }
}

#[test]
fn a_new_place_waits_for_the_rate_and_an_old_one_for_a_minute() {
    let mut running = on_topic();
    assert_eq!(running.due_at(), None);
    running.handle_position(at(35.0, 0));
    running.take_due(Instant(1000));
    assert_eq!(running.due_at(), None, "the browser said nothing new");
    running.handle_position(at(35.0, 10));
    assert_eq!(running.due_at(), Some(Instant(61_000)));
    running.handle_position(at(35.1, 20));
    assert_eq!(running.due_at(), Some(Instant(6000)));
    running.take_due(Instant(5999));
    assert_eq!(running.waiting(Instant(5999)), 1);
    running.take_due(Instant(6000));
    let sent = drain(&mut running, Instant(6000));
    assert_eq!(sent, [at(35.0, 0), at(35.1, 20)].map(Item::Position));
}

#[test]
fn a_place_where_nothing_is_counts_as_none() {
    let mut running = on_topic();
    for position in [at(f64::NAN, 0), at(91.0, 0)] {
        running.handle(OwnCommand::Position(position));
        assert_eq!(
            (running.position, running.fault),
            (None, Some(PositionFault::Unavailable))
        );
    }
    let heading = Some(f64::NAN);
    running.handle(OwnCommand::Position(OwnPosition {
        heading,
        ..at(1.0, 0)
    }));
    assert_eq!((running.position, running.fault), (Some(at(1.0, 0)), None));
}

#[test]
fn the_queue_is_bounded_and_counts_what_it_lost() {
    let mut running = on_topic();
    for n in 0..MAX_WAITING + 7 {
        running.push(Item::Position(at(1.0, n as i64)));
    }
    assert_eq!(
        (running.waiting(Instant(0)), running.dropped),
        (MAX_WAITING as u32, 7)
    );
    let sent = drain(&mut running, Instant(0));
    assert_eq!(sent[0], Item::Position(at(1.0, 7)));
    assert_eq!(
        (sent.len(), running.sent),
        (MAX_WAITING, MAX_WAITING as u64)
    );
    let long = "x".repeat(MAX_PAYLOAD);
    for _ in 0..10 {
        running.push_text(long.clone());
    }
    assert_eq!((running.waiting(Instant(0)), running.dropped), (8, 9));
}

#[test]
fn too_many_bytes_of_texts_cost_texts_and_no_position() {
    let mut running = on_topic();
    running.push(Item::Position(at(1.0, 1)));
    for _ in 0..9 {
        running.push_text("x".repeat(MAX_PAYLOAD));
    }
    assert_eq!((running.waiting(Instant(0)), running.dropped), (9, 1));
    let sent = drain(&mut running, Instant(0));
    assert_eq!(sent[0], Item::Position(at(1.0, 1)));
    assert!(matches!(sent[1], Item::Text(2, _)));
}

#[test]
fn the_fate_that_is_told_is_that_of_the_newest_text() {
    let mut running = on_topic();
    assert_eq!(running.last_text, None);
    for text in ["one", "two"] {
        running.push_text(text.to_owned());
    }
    for n in 1..=2 {
        let now = Instant(n * 20);
        let item = running.poll(true, now).unwrap();
        running.handle_sent(item, PacketId::new(n as u16), now);
    }
    running.handle_acknowledged(PacketId::new(1).unwrap(), UnixMillis(1));
    assert_eq!(running.last_text, Some(TextFate::Waiting));
    running.handle_acknowledged(PacketId::new(2).unwrap(), UnixMillis(1));
    assert_eq!(running.last_text, Some(TextFate::Taken));
    running.push_text("three".to_owned());
    for n in 0..MAX_WAITING {
        running.push(Item::Position(at(1.0, n as i64)));
    }
    assert_eq!(running.last_text, Some(TextFate::Dropped));
}

#[test]
fn what_was_not_acknowledged_goes_again_before_what_came_after_it() {
    let mut running = on_topic();
    for n in 1..=3 {
        running.push(Item::Position(at(n as f64, n)));
    }
    let mut ids = Vec::new();
    for n in 1..=2 {
        let now = Instant(n * 20);
        let item = running.poll(true, now).unwrap();
        ids.push(PacketId::new(n as u16).unwrap());
        running.handle_sent(item, ids.last().copied(), now);
    }
    running.handle_acknowledged(ids[0], UnixMillis(5));
    running.handle_acknowledged(ids[0], UnixMillis(6));
    assert_eq!((running.sent, running.last_sent), (1, Some(UnixMillis(5))));
    running.handle_lost();
    let sent = drain(&mut running, Instant(100));
    assert_eq!(sent, [at(2.0, 2), at(3.0, 3)].map(Item::Position));
}

#[test]
fn of_a_shadow_the_newest_position_goes_and_one_at_a_time() {
    let mut running = Running::new(settings(OwnTarget::Shadow));
    running.push(Item::Position(at(1.0, 1)));
    running.push_text("hello".to_owned());
    running.push(Item::Position(at(2.0, 2)));
    assert_eq!(
        running.poll(true, Instant(0)),
        Some(Item::Text(1, "hello".to_owned()))
    );
    let item = running.poll(true, Instant(0)).unwrap();
    assert_eq!(item, Item::Position(at(2.0, 2)));
    running.handle_sent(item, PacketId::new(1), Instant(0));
    running.push(Item::Position(at(3.0, 3)));
    assert_eq!(
        (running.poll(true, Instant(50)), running.poll_timeout()),
        (None, None)
    );
    running.handle_lost();
    assert_eq!(
        drain(&mut running, Instant(60)),
        [Item::Position(at(3.0, 3))]
    );
    assert_eq!(running.dropped, 0, "a newer one took its place");
}

#[test]
fn while_it_is_paused_texts_go_and_positions_do_not() {
    let mut running = on_topic();
    running.handle_position(at(1.0, 1));
    running.take_due(Instant(0));
    running.handle_position(at(2.0, 2));
    running.handle(OwnCommand::Pause);
    running.handle_position(at(3.0, 3));
    running.handle(OwnCommand::Text("hello".to_owned()));
    running.take_due(Instant(60_000));
    assert_eq!(
        drain(&mut running, Instant(60_000)),
        [Item::Text(1, "hello".to_owned())]
    );
    running.handle(OwnCommand::Resume);
    running.take_due(Instant(70_000));
    assert_eq!(
        drain(&mut running, Instant(70_000)),
        [Item::Position(at(1.0, 1))]
    );
    running.handle_position(at(4.0, 4));
    running.take_due(Instant(70_001));
    assert_eq!(
        drain(&mut running, Instant(80_000)),
        [Item::Position(at(4.0, 4))]
    );
}

#[test]
fn a_message_that_ends_the_link_each_time_is_held_and_a_text_is_given_up() {
    let mut running = on_topic();
    let send = |running: &mut Running, mut now: Instant| {
        for cuts in 1..=3 {
            assert_eq!(running.poll(false, now), None, "only alone");
            now = now + std::time::Duration::from_secs(1);
            let item = running.poll(true, now).unwrap();
            running.handle_sent(item, PacketId::new(1), now);
            assert_eq!(running.handle_cut(Some(TOPIC)), cuts == 3);
            running.handle_lost();
        }
    };
    running.push_text("hello".to_owned());
    running.push(Item::Position(at(1.0, 1)));
    running.handle_cut(None);
    send(&mut running, Instant(100));
    assert_eq!((running.paused, running.dropped), (false, 1));
    assert_eq!(running.last_text, Some(TextFate::Closed));
    assert_eq!(running.refused, None, "nothing waits for Resume");
    running.handle_cut(None);
    send(&mut running, Instant(50_000));
    assert_eq!(
        (running.paused, running.waiting(Instant(50_000))),
        (true, 1)
    );
    assert_eq!(running.refused, Some((0, TOPIC.to_owned())));
    running.resume();
    assert_eq!(running.refused, None);
    assert_eq!(
        drain(&mut running, Instant(90_000)),
        [Item::Position(at(1.0, 1))]
    );
}

#[test]
fn the_services_refusal_stands_until_it_accepts_again() {
    let mut own = Own::default();
    own.handle(OwnCommand::Start(settings(OwnTarget::Shadow)));
    let refused = |own: &Own| own.running.as_ref().unwrap().refused.clone();
    let note = |own: &mut Own, token: &str| {
        own.running.as_mut().unwrap().note_token(token.to_owned());
    };
    note(&mut own, "a-1");
    own.handle_rejected(Some("b-1"), 400, "not ours");
    own.handle_rejected(None, 400, "nobody's");
    assert_eq!(refused(&own), None);
    own.handle_rejected(Some("a-1"), 413, &"あ".repeat(1000));
    assert_eq!(refused(&own), Some((413, "あ".repeat(170))));
    note(&mut own, "a-2");
    own.handle_accepted(Some("a-1"));
    assert!(refused(&own).is_some(), "that one was answered");
    own.handle_accepted(Some("a-2"));
    assert_eq!(refused(&own), None);
}

#[test]
fn a_text_that_is_too_long_is_not_taken() {
    let mut own = Own::default();
    own.handle(OwnCommand::Text("nobody speaks".to_owned()));
    own.handle(OwnCommand::Start(settings(OwnTarget::Shadow)));
    own.handle(OwnCommand::Text("x".repeat(MAX_PAYLOAD + 1)));
    own.handle(OwnCommand::Position(at(1.0, 1)));
    own.handle(OwnCommand::NoPosition(PositionFault::TimedOut));
    assert_eq!(own.invalid, Some(OwnInvalid::Text), "nobody did anything");
    assert_eq!(own.running.as_ref().unwrap().last_text, None);
    own.handle(OwnCommand::Text("x".repeat(MAX_PAYLOAD)));
    assert_eq!(own.invalid, None);
    let running = own.running.as_mut().unwrap();
    assert_eq!(drain(running, Instant(0)).len(), 1);
    assert_eq!((running.texts, running.sent), (1, 1));
    assert_eq!(running.topic(false), TOPIC);
}
