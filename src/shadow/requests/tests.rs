//! The requests of one client joined to the real service, in virtual time.

use super::*;
use crate::shadow::event::{EventKind, ShadowEvent};
use crate::shadow::service::{Limits, Request as ServiceRequest, ShadowService};
use crate::shadow::topics::{Operation, ShadowTopic, Verb};

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
