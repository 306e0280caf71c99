//! Whatever comes from the network: nothing may panic, hang or be read in two ways. The first byte says as what the
//! others are read; fuzz/seed.mjs makes the first inputs.

#![no_main]

use bytes::{Bytes, BytesMut};
use gnomon::engine::command::{Command, ConnectRequest};
use gnomon::engine::frame::FrameRequest;
use gnomon::engine::{Engine, Input};
use gnomon::location::pattern::TopicPattern;
use gnomon::location::{self, Reading};
use gnomon::mqtt::wire::{self, FrameReader, WireError};
use gnomon::rules::{self, Definition, Incoming, Origin, Sql, SqlError, SqlVersion, Template};
use gnomon::shadow::event::ShadowEvent;
use gnomon::shadow::service::{Limits, Request, ShadowService};
use gnomon::shadow::topics::{Operation, ShadowTopic};
use gnomon::time::{Instant, Now, UnixMillis};
use gnomon::topic::{TopicFilter, TopicName};
use libfuzzer_sys::fuzz_target;

const NOW: Now = Now {
    instant: Instant(5_000),
    wall: UnixMillis(1_790_676_000_000),
};

fuzz_target!(|data: &[u8]| {
    match data {
        [0, cut, stream @ ..] => read_stream(usize::from(*cut) + 1, stream),
        [1, text @ ..] => read_topics(text),
        [2, payload @ ..] => read_location(payload),
        [3, messages @ ..] => read_shadows(messages),
        [4, rule @ ..] => read_rule(rule),
        _ => {}
    }
});

/// Cut anywhere, a stream is the same packets; and a connected engine takes it as it is.
fn read_stream(cut: usize, stream: &[u8]) {
    let whole = packets(&[stream]);
    let pieces: Vec<_> = stream.chunks(cut).collect();
    assert_eq!(packets(&pieces), whole);

    let mut engine = Engine::new(1, NOW);
    let mut hear = |input| {
        engine.handle(input, NOW);
        while engine.poll_output(true).is_some() {}
    };
    let request = ConnectRequest::to("ws://127.0.0.1/mqtt");
    hear(Input::Command(Command::Connect(request)));
    hear(Input::SocketOpened);
    for piece in pieces {
        hear(Input::Chunk(Bytes::copy_from_slice(piece)));
    }
    hear(Input::Timeout);
    engine.frame(&FrameRequest::default(), NOW);
}

/// The frames, each written again where it could be read, and why there are no more.
fn packets(pieces: &[&[u8]]) -> (Vec<Bytes>, Option<WireError>) {
    let mut reader = FrameReader::new(1 << 12).skipping(1 << 14);
    let mut frames = Vec::new();
    for piece in pieces {
        reader.push(Bytes::copy_from_slice(piece));
        loop {
            match reader.next_frame() {
                Ok(Some(frame)) => frames.push(frame),
                Ok(None) => break,
                Err(error) => return (frames, Some(error)),
            }
        }
    }
    for frame in &frames {
        let Ok(packet) = wire::parse(frame) else {
            assert!(wire::parse_from_broker(frame).is_err());
            continue;
        };
        let mut again = BytesMut::new();
        wire::encode(&packet, &mut again).expect("what was read can be written");
        assert_eq!(wire::parse(&again).as_ref(), Ok(&packet));
    }
    (frames, None)
}

/// A filter or a pattern, a line break, a topic.
fn read_topics(text: &[u8]) {
    let Ok(text) = std::str::from_utf8(text) else {
        return;
    };
    let (filter, topic) = text.split_once('\n').unwrap_or((text, text));
    let name = TopicName::new(topic);
    if let Some(shadow) = ShadowTopic::parse(topic) {
        assert_eq!(shadow.to_string(), topic);
    }
    if let (Ok(filter), Ok(name)) = (TopicFilter::new(filter), &name) {
        let fits = filter.matches(name.as_str());
        if !filter.as_str().contains(['+', '#']) {
            assert_eq!(fits, filter.as_str() == name.as_str());
        }
    }
    if let (Ok(pattern), Ok(name)) = (TopicPattern::new(filter), &name) {
        let device = pattern.name(name.as_str());
        assert!(device.is_none() || pattern.filter().matches(name.as_str()));
    }
}

fn read_location(payload: &[u8]) {
    if let Ok(Reading::Fix(fix)) = location::read(payload) {
        let at = fix.position;
        assert!(at.lat.abs() <= 90.0 && at.lng.abs() <= 180.0);
        let numbers = [fix.altitude, fix.speed, fix.heading, fix.accuracy];
        assert!(numbers.into_iter().flatten().all(f32::is_finite));
        assert!(fix.heading.is_none_or(|degrees| (0.0..360.0).contains(&degrees)));
    }
}

/// Messages with a zero byte between them, each a topic, a line break and a payload. What the service answers can be
/// read by a client.
fn read_shadows(messages: &[u8]) {
    let mut service = ShadowService::new(Limits::default());
    for message in messages.split(|byte| *byte == 0) {
        let end = message.iter().position(|byte| *byte == b'\n');
        let (topic, payload) = message.split_at(end.unwrap_or(message.len()));
        let (Ok(topic), payload) = (std::str::from_utf8(topic), payload.get(1..).unwrap_or_default()) else {
            continue;
        };
        if let Some(ShadowTopic { operation, .. }) = ShadowTopic::parse(topic) {
            let _ = ShadowEvent::parse(operation, payload);
        }
        let Some(request) = Request::from_message(topic, payload) else {
            continue;
        };
        for answer in service.handle(request, NOW.wall).messages {
            let topic = ShadowTopic::parse(answer.topic.as_str()).expect("a topic of a shadow");
            if topic.operation != Operation::Delta {
                ShadowEvent::parse(topic.operation, &answer.payload).expect("a message of the service");
            }
        }
    }
}

/// A statement, a zero byte, a payload. A fault has a spot, and the same message makes the same payload.
fn read_rule(rule: &[u8]) {
    let end = rule.iter().position(|byte| *byte == 0);
    let (text, payload) = rule.split_at(end.unwrap_or(rule.len()));
    let payload = payload.get(1..).unwrap_or_default();
    if let Ok(definition) = Definition::from_json(payload) {
        let again = Definition::from_json(definition.to_json().as_bytes());
        assert_eq!(again, Ok(definition));
    }
    let Ok(text) = std::str::from_utf8(text) else {
        return;
    };
    rules::marks(text);
    let origin = Origin {
        topic: "fleet/car-1/location",
        at: NOW.wall,
        client_id: Some("car-1"),
        principal: "",
        account: "123456789012",
        seed: 7,
    };
    let message = Incoming::new(origin, payload);
    let sql = match Sql::parse(text, SqlVersion::V20160323) {
        Ok(sql) => sql,
        Err(SqlError { at, len, .. }) => {
            text.get(at..at + len).expect("a spot in the text");
            return;
        }
    };
    assert_eq!(sql.evaluate(&message), sql.evaluate(&message));
    for path in sql.paths() {
        assert_eq!(text.get(path.at..path.at + path.len), path.path.last().map(String::as_str));
    }
    if let Ok(template) = Template::parse_for(text, &sql) {
        assert_eq!(template.fill(&sql, &message), template.fill(&sql, &message));
    }
}
