//! The requests of one client joined to the real service, in virtual time.

use std::time::Duration;

use super::*;
use crate::shadow::event::{EventKind, ShadowEvent};
use crate::shadow::service::{Limits, Request as ServiceRequest, ShadowService};
use crate::shadow::topics::{Operation, ShadowTopic, Verb};
use crate::time::UnixMillis;

/// The requests of one client joined to the real service, in virtual time.
struct Scene {
    requests: Requests,
    service: ShadowService,
    now: Now,
}

fn power() -> FieldAddress {
    FieldAddress {
        device: "lamp".into(),
        shadow: None,
        path: vec!["power".into()],
    }
}

impl Scene {
    fn new() -> Self {
        let requests = Requests::new("gnomon-1");
        let service = ShadowService::new(Limits::default());
        let mut scene = Self {
            requests,
            service,
            now: Now::default(),
        };
        scene.update(r#"{"state":{"reported":{"power":"off"}}}"#);
        scene
    }

    fn pass(&mut self, seconds: u64) {
        self.now.instant = self.now.instant + Duration::from_secs(seconds);
        self.now.wall.0 += seconds as i64 * 1000;
        self.requests.handle_timeout(self.now);
    }

    /// Somebody updates the shadow, and this client hears of it.
    fn update(&mut self, payload: &str) {
        for (operation, payload) in self.ask(Verb::Update, payload.as_bytes()) {
            self.hear(operation, &payload);
        }
    }

    fn ask(&mut self, verb: Verb, payload: &[u8]) -> Vec<(Operation, Vec<u8>)> {
        let id = ShadowId::new("lamp", None).unwrap();
        let topic = ShadowTopic {
            id,
            operation: Operation::Request(verb),
        }
        .to_string();
        let request = ServiceRequest::from_message(&topic, payload).unwrap();
        let messages = self.service.handle(request, self.now.wall).messages;
        let parsed = messages.into_iter().map(|message| {
            let topic = ShadowTopic::parse(message.topic.as_str()).unwrap();
            (topic.operation, message.payload.to_vec())
        });
        parsed.collect()
    }

    fn hear(&mut self, operation: Operation, payload: &[u8]) {
        let Ok(event) = ShadowEvent::parse(operation, payload) else {
            return;
        };
        let id = ShadowId::new("lamp", None).unwrap();
        let token = event.client_token.as_deref();
        match event.kind {
            EventKind::Documents(document) => {
                let accepted = token.unwrap_or_default();
                self.requests
                    .handle_accepted(accepted, document.version, self.now);
                self.requests
                    .handle_document(id, &document, token, self.now);
            }
            EventKind::Document(document) => {
                self.requests.handle_document(id, &document, None, self.now);
            }
            EventKind::Rejected { code, message, .. } => {
                let token = token.unwrap_or_default();
                self.requests
                    .handle_rejected(token, code, &message, self.now);
            }
            EventKind::Deleted { version } => {
                self.requests.handle_deleted(id, version, token, self.now);
            }
            EventKind::Updated { .. } => {}
        }
    }

    /// Sends what waits; the answers are lost when `hears` is false.
    fn send(&mut self, hears: bool) {
        while let Some(request) = self.requests.poll_request(true, self.now) {
            for (operation, payload) in self.ask(Verb::Update, &request.payload) {
                if hears {
                    self.hear(operation, &payload);
                }
            }
        }
    }

    /// Asks for the document and hears it.
    fn get(&mut self) {
        for (operation, payload) in self.ask(Verb::Get, b"") {
            self.hear(operation, &payload);
        }
    }

    fn version(&self) -> u64 {
        let id = ShadowId::new("lamp", None).unwrap();
        self.service.document(id).unwrap().version
    }

    fn wish(&mut self, value: &str) {
        self.requests.desire(power(), value.into(), self.now);
    }

    fn stage(&self) -> Option<Stage> {
        self.requests
            .change(&power())
            .map(|change| change.stage.clone())
    }
}

#[test]
fn a_wish_is_reported_only_when_the_device_says_so() {
    let mut scene = Scene::new();
    scene.wish("on");
    assert_eq!(scene.stage(), Some(Stage::Queued));
    scene.pass(1);
    scene.send(true);
    assert_eq!(scene.stage(), Some(Stage::Accepted { version: 2 }));
    scene.pass(2);
    scene.update(r#"{"state":{"reported":{"battery":80}}}"#);
    assert_eq!(scene.stage(), Some(Stage::Accepted { version: 2 }));
    scene.update(r#"{"state":{"reported":{"power":"on"}}}"#);
    assert_eq!(scene.stage(), Some(Stage::Reported));
    let steps = &scene.requests.change(&power()).unwrap().steps;
    let at = |seconds: i64| UnixMillis(seconds * 1000);
    let expected = [
        (Step::Queued, 0),
        (Step::Sent, 1),
        (Step::Accepted(2), 1),
        (Step::Reported, 3),
    ];
    assert_eq!(*steps, expected.map(|(step, seconds)| (step, at(seconds))));
    scene.pass(4);
    assert_eq!(scene.stage(), None);
}

#[test]
fn the_newest_wish_wins_and_an_old_answer_changes_nothing() {
    let mut scene = Scene::new();
    scene.wish("on");
    let first = scene.requests.poll_request(true, scene.now).unwrap();
    scene.wish("off");
    for (operation, payload) in scene.ask(Verb::Update, &first.payload) {
        scene.hear(operation, &payload);
    }
    assert_eq!(scene.stage(), Some(Stage::Queued));
    scene.send(true);
    assert_eq!(
        scene.stage(),
        Some(Stage::Reported),
        "off is what is reported"
    );
}

#[test]
fn a_rejection_keeps_the_words_of_the_service() {
    let mut scene = Scene::new();
    scene
        .requests
        .desire(power(), "x".repeat(9000).as_str().into(), scene.now);
    scene.send(true);
    let Some(Stage::Rejected { code: 413, message }) = scene.stage() else {
        panic!("{:?}", scene.stage());
    };
    assert_eq!(message, "The payload exceeds the maximum size allowed");
    scene.pass(100);
    assert!(
        scene.stage().is_some(),
        "a rejection stays until a person closes it"
    );
    scene.requests.dismiss(&power());
    assert_eq!(scene.stage(), None);
}

#[test]
fn a_late_report_settles_what_timed_out() {
    let mut scene = Scene::new();
    scene.wish("on");
    scene.send(true);
    assert_eq!(scene.requests.poll_timeout(), Some(Instant(30_000)));
    scene.pass(30);
    assert_eq!(scene.stage(), Some(Stage::TimedOut));
    scene.update(r#"{"state":{"reported":{"battery":80}}}"#);
    assert_eq!(
        scene.stage(),
        Some(Stage::TimedOut),
        "news of another key is no answer"
    );
    scene.update(r#"{"state":{"reported":{"power":"on"}}}"#);
    assert_eq!(scene.stage(), Some(Stage::Reported));
}

#[test]
fn what_timed_out_can_be_sent_again_or_taken_back() {
    let mut scene = Scene::new();
    scene.wish("on");
    scene.send(true);
    scene.pass(30);
    scene.requests.send_again(&power(), scene.now);
    scene.send(true);
    assert_eq!(scene.stage(), Some(Stage::Accepted { version: 3 }));
    scene.wish("off");
    scene.send(true);
    assert_eq!(scene.stage(), Some(Stage::Reported));
}

#[test]
fn somebody_elses_wish_supersedes_and_says_whose_it_was() {
    let mut scene = Scene::new();
    scene.wish("on");
    scene.send(true);
    scene.update(r#"{"state":{"desired":{"power":"dim"}},"clientToken":"ops-2"}"#);
    let by = Some("ops-2".to_owned());
    let value = Some("dim".into());
    assert_eq!(
        scene.stage(),
        Some(Stage::Superseded {
            by,
            value,
            version: 3
        })
    );
    scene.pass(4);
    assert_eq!(scene.stage(), None);
}

#[test]
fn an_answer_lost_with_the_connection_is_found_in_the_document() {
    for acknowledged in [true, false] {
        let mut scene = Scene::new();
        scene.wish("on");
        scene.send(false);
        if acknowledged {
            scene.requests.handle_acknowledged("gnomon-1-1");
        }
        scene.requests.handle_lost();
        scene.requests.handle_asked(true, scene.now);
        scene.send(false);
        assert_eq!(scene.version(), 2, "it is not sent blindly");
        scene.get();
        assert_eq!(scene.stage(), Some(Stage::Accepted { version: 2 }));
        scene.send(true);
        assert_eq!(scene.version(), 2);
    }
}

#[test]
fn what_never_arrived_goes_out_again_when_the_document_says_so() {
    for deleted in [false, true] {
        for acknowledged in [false, true] {
            let mut scene = Scene::new();
            if deleted {
                scene.ask(Verb::Delete, b"");
            }
            scene.wish("on");
            let lost = scene.requests.poll_request(false, scene.now).unwrap();
            if acknowledged {
                scene.requests.handle_acknowledged(&lost.token);
            }
            scene.requests.handle_lost();
            scene.requests.handle_asked(true, scene.now);
            match deleted {
                true => scene
                    .requests
                    .handle_absent(ShadowId::new("lamp", None).unwrap()),
                false => scene.get(),
            }
            assert_eq!(scene.stage(), Some(Stage::Queued));
            scene.send(true);
            assert!(matches!(scene.stage(), Some(Stage::Accepted { .. })));
        }
    }
}

#[test]
fn a_wish_goes_out_again_over_an_older_one_of_the_same_page_and_over_nobody_elses() {
    for theirs in [false, true] {
        let mut scene = Scene::new();
        scene.wish("on");
        scene.send(false);
        scene.wish("dim");
        assert!(scene.requests.poll_request(true, scene.now).is_some());
        scene.requests.handle_lost();
        scene.requests.handle_asked(true, scene.now);
        if theirs {
            scene.ask(Verb::Update, br#"{"state":{"desired":{"power":"red"}}}"#);
        }
        scene.get();
        scene.send(true);
        match theirs {
            true => assert!(matches!(
                scene.stage(),
                Some(Stage::Superseded { version: 3, .. })
            )),
            false => assert_eq!(scene.stage(), Some(Stage::Accepted { version: 3 })),
        }
        assert_eq!(scene.version(), 3);
    }
}

#[test]
fn without_a_document_only_what_was_not_acknowledged_goes_out_again() {
    let mut scene = Scene::new();
    scene.wish("on");
    scene.send(false);
    scene.requests.handle_lost();
    scene.pass(600);
    assert_eq!(scene.requests.poll_timeout(), None, "nobody was asked yet");
    scene.requests.handle_asked(true, scene.now);
    scene.pass(4);
    assert_eq!(scene.requests.poll_request(true, scene.now), None);
    scene.pass(1);
    assert!(scene.requests.poll_request(true, scene.now).is_some());
    let mut scene = Scene::new();
    scene.wish("on");
    scene.send(false);
    scene.requests.handle_acknowledged("gnomon-1-1");
    scene.requests.handle_lost();
    scene.requests.handle_asked(true, scene.now);
    scene.pass(29);
    assert_eq!(scene.requests.poll_request(true, scene.now), None);
    scene.pass(1);
    assert_eq!(scene.stage(), Some(Stage::TimedOut));
    scene.get();
    assert_eq!(scene.stage(), Some(Stage::Accepted { version: 2 }));
}

#[test]
fn a_wish_that_the_device_took_away_when_it_was_done_is_not_made_again() {
    let mut scene = Scene::new();
    scene.wish("on");
    scene.send(false);
    scene.requests.handle_lost();
    scene.ask(
        Verb::Update,
        br#"{"state":{"desired":null,"reported":{"power":"on"}}}"#,
    );
    scene.get();
    assert_eq!(scene.stage(), Some(Stage::Reported));
}

#[test]
fn a_change_that_ends_the_connection_twice_is_given_up() {
    let mut scene = Scene::new();
    scene.wish("on");
    for round in 0..2 {
        let request = scene.requests.poll_request(true, scene.now).unwrap();
        assert_eq!(request.suspected, round == 1);
        scene.requests.handle_cut(&request.token);
        scene.requests.handle_lost();
        assert_eq!(scene.requests.poll_given_up(scene.now), None, "in doubt");
        scene.requests.handle_asked(true, scene.now);
        scene.get();
        assert_eq!(scene.requests.poll_request(false, scene.now), None);
    }
    assert_eq!(scene.requests.poll_request(true, scene.now), None);
    assert_eq!(scene.requests.poll_given_up(scene.now), Some(power()));
    let (code, message) = (0, String::new());
    assert_eq!(scene.stage(), Some(Stage::Rejected { code, message }));
    scene.requests.send_again(&power(), scene.now);
    scene.send(true);
    assert!(matches!(scene.stage(), Some(Stage::Accepted { .. })));
}

#[test]
fn what_is_acknowledged_is_cleared_and_others_do_not_wait_for_a_suspect() {
    let mut scene = Scene::new();
    scene.wish("on");
    let first = scene.requests.poll_request(true, scene.now).unwrap();
    scene.requests.handle_cut(&first.token);
    scene.requests.handle_lost();
    scene.requests.handle_asked(false, scene.now);
    let other = FieldAddress {
        device: "fan".into(),
        ..power()
    };
    scene.pass(1);
    scene.requests.desire(other.clone(), true.into(), scene.now);
    let next = scene.requests.poll_request(false, scene.now).unwrap();
    assert_eq!((next.field, next.suspected), (other, false));
    let again = scene.requests.poll_request(true, scene.now).unwrap();
    scene.requests.handle_acknowledged(&again.token);
    scene.requests.handle_lost();
    scene.get();
    assert!(
        !scene
            .requests
            .poll_request(true, scene.now)
            .unwrap()
            .suspected
    );
}

#[test]
fn a_wish_to_remove_ends_when_the_key_is_gone() {
    let mut scene = Scene::new();
    scene.update(r#"{"state":{"desired":{"power":"on"}}}"#);
    scene.requests.desire(power(), Value::Null, scene.now);
    scene.send(true);
    assert_eq!(scene.stage(), Some(Stage::Reported));
}

#[test]
fn a_deleted_shadow_takes_its_wishes_along() {
    let mut scene = Scene::new();
    scene.wish("on");
    scene.send(true);
    for (operation, payload) in scene.ask(Verb::Delete, b"") {
        scene.hear(operation, &payload);
    }
    assert!(matches!(
        scene.stage(),
        Some(Stage::Superseded { value: None, .. })
    ));
}

#[test]
fn a_token_fits_into_64_bytes_whatever_the_client_is_called() {
    let mut requests = Requests::new(&"é".repeat(100));
    requests.serial = u64::MAX - 1;
    requests.desire(power(), true.into(), Now::default());
    let request = requests.poll_request(true, Now::default()).unwrap();
    let request = ServiceRequest::from_message("$aws/things/lamp/shadow/update", &request.payload);
    let mut service = ShadowService::new(Limits::default());
    let response = service.handle(request.unwrap(), UnixMillis(0));
    assert!(response.answer.is_ok());
}

fn key(device: &str, key: usize) -> FieldAddress {
    FieldAddress {
        device: device.into(),
        shadow: None,
        path: vec![format!("key{key}")],
    }
}

#[test]
fn a_device_has_at_most_eight_unanswered_updates_and_others_do_not_wait_for_it() {
    let mut requests = Requests::new("gnomon-1");
    let now = Now::default();
    for number in 0..20 {
        requests.desire(key("lamp", number), true.into(), now);
    }
    requests.desire(key("fan", 0), true.into(), now);
    let sent: Vec<_> = std::iter::from_fn(|| requests.poll_request(false, now)).collect();
    assert_eq!(sent.len(), 9);
    assert_eq!(sent[7].field, key("lamp", 7), "in the order of the wishes");
    assert_eq!(sent[8].field, key("fan", 0));
    // A newer wish for a key that is on its way does not end the older request.
    requests.desire(key("lamp", 0), false.into(), now);
    assert_eq!(requests.poll_request(false, now), None);
    requests.handle_rejected(&sent[0].token, 429, "", now);
    requests.handle_accepted(&sent[1].token, 2, now);
    requests.handle_accepted(&sent[1].token, 2, now);
    let next: Vec<_> = std::iter::from_fn(|| requests.poll_request(false, now)).collect();
    let fields: Vec<_> = next.into_iter().map(|request| request.field).collect();
    assert_eq!(fields, [key("lamp", 8), key("lamp", 9)]);
}

#[test]
fn unanswered_updates_hold_the_next_ones_up_for_their_time_only() {
    let mut requests = Requests::new("gnomon-1");
    let mut now = Now::default();
    for number in 0..9 {
        requests.desire(key("lamp", number), true.into(), now);
    }
    while requests.poll_request(false, now).is_some() {}
    let until = requests.poll_timeout().unwrap();
    now.instant = until;
    requests.handle_timeout(now);
    let late = requests.poll_request(false, now).unwrap();
    assert_eq!(late.field, key("lamp", 8));
    requests.handle_lost();
    requests.handle_asked(false, now);
    let again = requests.poll_request(false, now).unwrap();
    assert_eq!(again.field, key("lamp", 8), "its answer is lost");
}

#[test]
fn what_could_not_be_published_keeps_its_place() {
    let mut requests = Requests::new("gnomon-1");
    let now = Now::default();
    requests.desire(key("lamp", 0), true.into(), now);
    requests.desire(key("lamp", 1), true.into(), now);
    for _ in 0..20 {
        let request = requests.poll_request(false, now).unwrap();
        assert_eq!(request.field, key("lamp", 0));
        requests.requeue(&request.field);
    }
    assert_eq!(requests.queued(), 2);
}

#[test]
fn the_queue_can_be_emptied_and_what_was_sent_stays() {
    let mut scene = Scene::new();
    scene.wish("on");
    scene.send(true);
    scene.requests.desire(key("lamp", 1), 1.into(), scene.now);
    scene.requests.desire(key("fan", 1), 1.into(), scene.now);
    assert_eq!(scene.requests.queued(), 2);
    assert_eq!(scene.requests.empty_queue(), ["lamp", "fan"]);
    assert_eq!(scene.requests.queued(), 0);
    assert_eq!(scene.requests.poll_request(true, scene.now), None);
    assert_eq!(scene.stage(), Some(Stage::Accepted { version: 2 }));
    assert_eq!(scene.requests.count_under_way(), 1);
}

#[test]
fn what_may_have_been_carried_out_stays_in_an_emptied_queue_and_is_not_sent_again() {
    for carried_out in [true, false] {
        let mut scene = Scene::new();
        scene.wish("on");
        match carried_out {
            true => scene.send(false),
            false => drop(scene.requests.poll_request(true, scene.now)),
        }
        scene.requests.handle_lost();
        assert_eq!(scene.requests.empty_queue(), ["lamp"]);
        assert_eq!(scene.stage(), Some(Stage::Queued), "nobody knows yet");
        scene.requests.handle_asked(true, scene.now);
        scene.get();
        let accepted = Stage::Accepted { version: 2 };
        assert_eq!(scene.stage(), carried_out.then_some(accepted));
        assert_eq!(scene.requests.poll_request(true, scene.now), None);
        assert_eq!(scene.requests.queued(), 0);
    }
    // No document comes.
    let mut scene = Scene::new();
    scene.wish("on");
    scene.send(false);
    scene.requests.handle_lost();
    scene.requests.empty_queue();
    scene.requests.handle_asked(true, scene.now);
    scene.pass(5);
    assert_eq!(scene.stage(), None);
    assert_eq!(scene.requests.poll_timeout(), None);
}

#[test]
fn what_others_sent_for_us_waits_for_the_device_too() {
    let mut scene = Scene::new();
    scene.update(r#"{"state":{"desired":{"power":"on"}},"clientToken":"gnomon-1-e1"}"#);
    let now = scene.now;
    assert!(
        scene
            .requests
            .adopt(power(), "on".into(), "gnomon-1-e1", 2, now)
    );
    assert_eq!(scene.stage(), Some(Stage::Accepted { version: 2 }));
    scene.requests.handle_lost();
    scene.update(r#"{"state":{"reported":{"power":"on"}}}"#);
    assert_eq!(scene.stage(), Some(Stage::Reported));
}

#[test]
fn changes_that_ended_are_kept_newest_first_within_bounds() {
    let mut scene = Scene::new();
    scene.wish("on");
    scene.send(true);
    scene.pass(30);
    let ends = |scene: &Scene| -> Vec<Stage> {
        let done = scene.requests.done();
        done.map(|ended| ended.change.stage.clone()).collect()
    };
    assert_eq!(ends(&scene), [Stage::TimedOut]);
    scene.update(r#"{"state":{"reported":{"power":"on"}}}"#);
    assert_eq!(ends(&scene), [Stage::Reported], "the same change");
    scene.pass(4);
    assert_eq!(scene.stage(), None, "it folded");
    for number in 0..300 {
        let field = key("lamp", number);
        scene.requests.desire(field.clone(), 1.into(), scene.now);
        let request = scene.requests.poll_request(false, scene.now).unwrap();
        scene
            .requests
            .handle_rejected(&request.token, 500, "no", scene.now);
        scene.requests.dismiss(&field);
        assert_eq!(scene.requests.change(&field), None);
    }
    let done: Vec<_> = scene.requests.done().collect();
    assert_eq!(done.len(), 200);
    assert_eq!(done[0].field, key("lamp", 299));
    assert_eq!(done[0].change.at, scene.now.wall);
}

#[test]
fn there_is_room_for_a_hundred_thousand_changes_and_no_more() {
    let mut requests = Requests::new("gnomon-1");
    let now = Now::default();
    for number in 0..MAX_CHANGES {
        assert!(requests.desire(key("lamp", number), true.into(), now));
    }
    assert!(!requests.desire(key("fan", 0), true.into(), now));
    assert!(
        requests.desire(key("lamp", 5), false.into(), now),
        "in place of another"
    );
    for device in ["full-1", "full-2"] {
        let field = key(device, 0);
        assert!(!requests.desire(field.clone(), true.into(), now));
        requests.refuse(field.clone(), true.into(), (429, "full"), now);
        let stage = &requests.change(&field).unwrap().stage;
        assert!(matches!(stage, Stage::Rejected { code: 429, .. }));
        assert_eq!(requests.iter().count(), MAX_CHANGES + 1);
    }
    assert!(!requests.desire(key("fan", 0), true.into(), now));
    let first = requests.poll_request(false, now).unwrap();
    requests.handle_rejected(&first.token, 500, "", now);
    assert!(
        requests.desire(key("fan", 0), true.into(), now),
        "in place of one that ended"
    );
    assert_eq!(requests.change(&first.field), None);
    assert_eq!(requests.count_under_way(), MAX_CHANGES);
    assert_eq!(requests.under_way("fan").count(), 1);
}

#[test]
fn the_indexes_hold_what_a_scan_finds_whatever_happens() {
    let mut rng = crate::rng::Rng::new(7);
    let mut requests = Requests::new("gnomon-1");
    let mut now = Now::default();
    let mut tokens = Vec::new();
    for step in 0..20_000 {
        let field = key(["lamp", "fan"][step % 2], rng.below(30) as usize);
        let token = tokens
            .get(rng.below(40) as usize)
            .cloned()
            .unwrap_or_default();
        match rng.below(12) {
            0..3 => drop(requests.desire(field, 1.into(), now)),
            3 | 4 => {
                let request = requests.poll_request(rng.below(2) == 0, now);
                tokens.extend(request.map(|request| request.token));
                if tokens.len() > 40 {
                    tokens.remove(0);
                }
            }
            5 | 6 => drop(requests.handle_accepted(&token, step as u64, now)),
            7 => requests.handle_rejected(&token, 400, "", now),
            8 => requests.dismiss(&field),
            9 => requests.handle_cut(&token),
            10 if rng.below(10) == 0 => {
                requests.handle_lost();
                requests.handle_asked(rng.below(2) == 0, now);
            }
            _ => {
                now.instant = now.instant + Duration::from_secs(rng.below(9));
                requests.handle_timeout(now);
                drop(requests.poll_given_up(now));
            }
        }
        let all: Vec<_> = requests.iter().collect();
        let count = |is: fn(&Change) -> bool| all.iter().filter(|(_, change)| is(change)).count();
        assert_eq!(
            requests.queued(),
            count(|change| change.stage == Stage::Queued)
        );
        let is_in_doubt = |change: &Change| matches!(change.lane(), Lane::Doubted | Lane::Asked);
        assert_eq!(requests.in_doubt().count(), count(is_in_doubt));
        assert_eq!(requests.count_under_way(), requests.all_under_way().count());
        let of_lamp = requests.of_shadow("lamp", None).map(|(field, _)| field);
        assert!(of_lamp.is_sorted());
        let deadlines = all.iter().filter_map(|(_, change)| change.deadline()).min();
        if let Some(deadline) = deadlines {
            assert!(requests.poll_timeout().unwrap() <= deadline);
        }
    }
}

#[test]
fn a_client_that_goes_by_another_name_says_so_in_its_tokens() {
    let mut requests = Requests::new("desk");
    assert_eq!(requests.token(), "desk-1");
    requests.turn_to("desk-1a2b");
    assert_eq!(requests.token(), "desk-1a2b-2");
    requests.turn_to(&"é".repeat(40));
    assert_eq!(requests.token_prefix().len(), MAX_TOKEN_PREFIX);
}
