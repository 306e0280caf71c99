//! The page joined to the stand-in, which closes the link over whatever its policy does not allow, as AWS does.

use std::time::Duration;

use bytes::Bytes;
use gnomon::engine::Input;
use gnomon::engine::command::{Command, ConnectRequest};
use gnomon::engine::frame::{Cause, ConnectStep, LinkState};
use gnomon_backend::backend::Backend;
use gnomon_backend::broker::{ConnectionId, Limits, Output};
use gnomon_backend::things::Principal;
use gnomon_backend::things::policies::document::Document;

use super::scene::Scene;

const PACE: Duration = Duration::from_millis(100);
const CLOSING: &str = "$aws/things/+/shadow/name/+/update/documents";

struct Aws {
    scene: Scene,
    backend: Backend,
    connection: Option<ConnectionId>,
    opened: u32,
}

impl Aws {
    fn new(policy: &str) -> Self {
        let mut backend = Backend::new(Limits::default(), 1);
        backend.govern(Document::parse(policy).expect("a policy"));
        Self {
            scene: Scene::new(ConnectRequest::to("ws://127.0.0.1:8083/mqtt")),
            backend,
            connection: None,
            opened: 0,
        }
    }

    fn run(&mut self, duration: Duration) {
        let end = self.scene.now.instant + duration;
        while self.scene.now.instant < end {
            self.scene.wait(PACE);
            self.exchange();
        }
    }

    /// Hands over what each side has to say, until both are silent.
    fn exchange(&mut self) {
        loop {
            let now = self.scene.now;
            if self.scene.opened > self.opened {
                self.opened = self.scene.opened;
                self.connection = Some(self.backend.connect(Principal::Anonymous, now));
                self.scene.input(Input::SocketOpened);
            }
            let Some(connection) = self.connection else {
                return;
            };
            let sent = std::mem::take(&mut self.scene.sent);
            self.backend
                .handle_bytes(connection, Bytes::from(sent), now);
            match self.backend.poll_output() {
                Some(Output::Ready(id)) if id == connection => {
                    while let Some(bytes) = self.backend.poll_transmit(id) {
                        self.scene.input(Input::Chunk(bytes));
                    }
                }
                Some(Output::Close(id, _)) if id == connection => {
                    self.connection = None;
                    self.backend.handle_closed(id, now);
                    self.scene.input(Input::SocketClosed(1006));
                }
                Some(_) => {}
                None => return,
            }
        }
    }

    fn state(&mut self) -> LinkState {
        self.scene.link().state
    }
}

fn policy(denied: &str) -> String {
    format!(
        r#"{{"Version":"2012-10-17","Statement":[
            {{"Effect":"Allow","Action":"*","Resource":"*"}},
            {{"Effect":"Deny",{denied}}}]}}"#
    )
}

#[test]
fn a_filter_that_closes_the_link_is_found_set_aside_and_named() {
    let name = CLOSING.replace('+', "*");
    let denied =
        format!(r#""Action":"iot:Subscribe","Resource":"arn:aws:iot:*:*:topicfilter/{name}""#);
    let mut aws = Aws::new(&policy(&denied));
    aws.run(Duration::from_secs(60));
    assert_eq!(aws.state(), LinkState::Connected);
    let doctor = aws.scene.doctor();
    let finding = doctor.finding.expect("a finding");
    assert_eq!(finding.causes, [Cause::FilterCloses]);
    assert_eq!(finding.topics, [CLOSING]);
    assert_eq!(finding.code.as_deref(), Some("WebSocket 1006"));
    let subscribe = ConnectStep::Subscribe {
        // One of them stands in for it.
        granted: 13,
        asked: 14,
    };
    assert_eq!(doctor.steps[3].step, subscribe);
    let refusals = ConnectStep::Refusals {
        filters: 1,
        close_code: Some(1006),
    };
    assert_eq!(doctor.steps[4].step, refusals);
    assert_eq!(aws.scene.outcomes(), "DDDDFD");
    let missing = doctor.policy.missing.expect("a statement");
    assert!(
        missing.contains(&format!("topicfilter/{name}\"")),
        "{missing}"
    );

    let command = Command::LeaveOut(CLOSING.to_owned());
    aws.scene.input(Input::Command(command));
    assert_eq!(aws.scene.doctor().finding, None);
    assert_eq!(aws.scene.outcomes(), "DDDDD");
}

#[test]
fn an_identifier_that_is_not_allowed_is_a_missing_permission() {
    let mut aws = Aws::new(&policy(r#""Action":"iot:Connect","Resource":"*""#));
    aws.run(Duration::from_secs(3));
    assert_eq!(aws.scene.causes(), [Cause::NoConnack]);
    let missing = aws.scene.doctor().policy.missing.expect("a statement");
    assert!(missing.contains("\"iot:Connect\""), "{missing}");
}
