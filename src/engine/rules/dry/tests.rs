//! What a trial does in each slice, and what it counts.

use super::*;

const SQL: &str = "SELECT * FROM 'fleet/+/location' WHERE speed > 60";

fn at(millis: u64) -> Now {
    Now {
        instant: Instant(millis),
        wall: UnixMillis(millis as i64),
    }
}

/// One every ten milliseconds from `from` on; every tenth is faster than 60.
fn drive(messages: &mut Messages, count: u64, from: u64, padding: usize) {
    let padding = "x".repeat(padding);
    for number in 0..count {
        let topic = format!("fleet/truck-{}/location", number % 25);
        let speed = if number % 10 == 0 { 70 } else { 50 };
        let payload = format!(r#"{{"speed":{speed},"x":"{padding}"}}"#);
        messages.push(&topic, payload.as_bytes(), at(from + number * 10));
    }
}

fn trial(sql: &str, messages: &Messages, now: Now) -> Trial {
    let version = SqlVersion::V20160323;
    let read = Sql::parse(sql, version).unwrap();
    Trial::new(sql, version, read, DrySpan::AllKept, true, messages, now)
}

/// Runs until it rests; says how many slices that took, and the most that one did.
fn run(trial: &mut Trial, messages: &Messages, mut now: Now) -> (u32, u32) {
    let (mut slices, mut most) = (0, 0);
    loop {
        let before = trial.sums().done;
        trial.advance(messages, &[], now);
        if trial.poll_timeout().0 > now.instant.0 + BREATH {
            return (slices, most);
        }
        slices += 1;
        most = most.max(trial.sums().done.saturating_sub(before));
        now = at(trial.poll_timeout().0);
    }
}

#[test]
fn no_slice_does_more_than_its_share() {
    let mut messages = Messages::default();
    drive(&mut messages, 5_000, 0, 0);
    let mut tried = trial(SQL, &messages, at(60_000));
    let (slices, most) = run(&mut tried, &messages, at(60_000));
    assert_eq!(most, SLICE as u32);
    assert!((10..=12).contains(&slices), "{slices}");
    let sums = tried.sums();
    assert_eq!((sums.done, sums.messages), (5_000, 5_000));
    assert_eq!((sums.matched, sums.fired, sums.devices), (5_000, 500, 25));
    // Of long messages less go into one.
    let mut long = Messages::default();
    drive(&mut long, 200, 0, 10_000);
    let mut tried = trial(SQL, &long, at(60_000));
    let (_, most) = run(&mut tried, &long, at(60_000));
    assert!(most as usize <= SLICE_BYTES / 10_000 + 1, "{most}");
}

#[test]
fn only_what_is_new_is_evaluated_later() {
    let mut messages = Messages::default();
    drive(&mut messages, 3_000, 0, 0);
    let mut tried = trial(SQL, &messages, at(30_000));
    run(&mut tried, &messages, at(30_000));
    drive(&mut messages, 100, 30_000, 0);
    let revision = tried.revision();
    let (slices, most) = run(&mut tried, &messages, at(32_000));
    assert!(slices <= 2 && most == 100, "{slices} {most}");
    assert_eq!((tried.sums().done, tried.sums().fired), (3_100, 310));
    assert!(tried.revision() > revision);
    // Nothing came: nothing changes but the time.
    let (slices, most) = run(&mut tried, &messages, at(34_100));
    assert_eq!((slices, most), (1, 0));
}

#[test]
fn what_the_ring_forgot_is_counted_no_more() {
    let mut messages = Messages::default();
    drive(&mut messages, 20_000, 0, 0);
    let mut tried = trial(SQL, &messages, at(200_000));
    run(&mut tried, &messages, at(200_000));
    drive(&mut messages, 20_000, 200_000, 0);
    run(&mut tried, &messages, at(402_100));
    let sums = tried.sums();
    assert_eq!(
        (sums.done, sums.messages, sums.fired),
        (30_000, 30_000, 3_000)
    );
    assert_eq!(sums.devices, 25);
    assert!(tried.run().fired().all(|number| number >= 10_000));
    assert_eq!(tried.run().fired().count(), 3_000);
}

#[test]
fn bars_go_from_the_oldest_to_the_newest() {
    let mut messages = Messages::default();
    drive(&mut messages, 600, 0, 0);
    let mut tried = trial(SQL, &messages, at(5_999));
    run(&mut tried, &messages, at(5_999));
    let bars = tried.run().bars(&messages, tried.span());
    assert_eq!(bars.len(), 60);
    assert!(bars.iter().all(|bar| (9..=11).contains(&bar.0)), "{bars:?}");
    let fired: u32 = bars.iter().map(|bar| bar.1).sum();
    assert_eq!(fired, 60);
    let one = tried.run().bars(&messages, (UnixMillis(0), UnixMillis(0)));
    assert_eq!(one[59].0 + one[0].0, 600);
}

#[test]
fn an_unlikely_clock_does_no_harm() {
    let mut messages = Messages::default();
    messages.push("fleet/a/location", b"{\"speed\":99}", at(5_000));
    let back = Now {
        instant: Instant(6_000),
        wall: UnixMillis(i64::MIN),
    };
    messages.push("fleet/a/location", b"{\"speed\":99}", back);
    let mut tried = trial(SQL, &messages, back);
    run(&mut tried, &messages, back);
    assert_eq!(tried.run().bars(&messages, tried.span()).len(), 60);
}

#[test]
fn devices_have_their_names_from_patterns_and_shadows() {
    let patterns = ["fleet/{thing}/location"].map(|text| TopicPattern::new(text).unwrap());
    for (topic, device) in [
        ("fleet/truck/location", "truck"),
        ("$aws/things/lamp/shadow/name/cfg/update/documents", "lamp"),
        ("other/truck", "other/truck"),
    ] {
        assert_eq!(device_of(&patterns, topic), device);
    }
}
