//! One change under every order and repetition of up to six messages, with the link lost between any two of them.

use std::collections::HashSet;

use super::*;
use crate::engine::frame::{FieldView, Selected, Stage};
use crate::message::QoS;
use crate::shadow::service::{Limits as ServiceLimits, Request, ShadowService};
use crate::shadow::topics::{Operation, Verb};

/// So many messages in a row.
const LONGEST: usize = 6;

/// Up to so many, every single order is tried. In longer ones, orders that led to one and the same state are followed
/// once.
const EVERY_SINGLE: usize = 4;

/// The version that the service gives to the update of this page, where it accepts it.
const OURS: u64 = 2;

const UPDATE: &str = "$aws/things/lamp/shadow/update";

/// Something that reaches the page.
#[derive(Clone)]
struct Message {
    topic: String,
    payload: Vec<u8>,
    says: Says,
}

#[derive(Clone, Copy, PartialEq)]
enum Says {
    Nothing,
    Accepted,
    Rejected,
    /// Its version, and whether it has the client token of this page.
    Document(u64, bool),
    /// The link is lost and comes back.
    Lost,
}

impl Says {
    /// To the update of this page.
    fn is_answer(self) -> bool {
        matches!(
            self,
            Self::Accepted | Self::Rejected | Self::Document(_, true)
        )
    }
}

/// What the service holds of the lamp's power at each version, and what it says.
struct Story {
    name: &'static str,
    states: Vec<[Option<String>; 2]>,
    /// When its desired power was named last, at each version.
    wished_at: Vec<Option<UnixMillis>>,
    messages: Vec<Message>,
}

/// Where the change is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Place {
    Sent,
    /// Sent on an earlier connection.
    InDoubt,
    Accepted,
    // Ends:
    ToBeSentAgain,
    Reported,
    Rejected,
    Superseded,
}

/// The service with what happens after the page's update.
fn story(name: &'static str, is_heard: bool, later: &[&str]) -> Story {
    story_after(
        r#"{"state":{"reported":{"power":"off"}}}"#,
        name,
        is_heard,
        later,
    )
}

fn story_after(before: &str, name: &'static str, is_heard: bool, later: &[&str]) -> Story {
    let mut service = ShadowService::new(ServiceLimits::default());
    let mut told = Story {
        name,
        states: vec![[None, None]],
        wished_at: vec![None],
        messages: Vec::new(),
    };
    told.ask(&mut service, before);
    // What was known before.
    told.messages.clear();
    told.get(&mut service);
    let ours = r#"{"state":{"desired":{"power":"on"}},"clientToken":"gnomon-1-1"}"#;
    match is_heard {
        true => {
            told.ask(&mut service, ours);
            assert!(told.messages.iter().any(|it| it.says == Says::Accepted));
        }
        false => told.messages.push(Message {
            topic: UPDATE.to_owned() + "/rejected",
            payload: br#"{"code":413,"message":"too long","clientToken":"gnomon-1-1"}"#.to_vec(),
            says: Says::Rejected,
        }),
    }
    for update in later {
        told.ask(&mut service, update);
    }
    told.get(&mut service);
    told.messages.push(Message {
        topic: String::new(),
        payload: Vec::new(),
        says: Says::Lost,
    });
    told
}

impl Story {
    fn ask(&mut self, service: &mut ShadowService, update: &str) {
        let is_ours = update.contains("gnomon-1-1");
        self.hear(service, UPDATE, update.as_bytes(), is_ours);
        let id = ShadowId::new("lamp", None).unwrap();
        let document = service.document(id).unwrap();
        let text = |section: &crate::shadow::value::Object<_>| {
            let stated = crate::shadow::value::Object::leaf(section, &["power"]);
            stated.map(|stated| stated.value.to_text())
        };
        self.states
            .push([text(&document.desired), text(&document.reported)]);
        let wished = crate::shadow::value::Object::leaf(&document.desired, &["power"]);
        self.wished_at.push(wished.and_then(|stated| stated.at));
    }

    fn get(&mut self, service: &mut ShadowService) {
        self.hear(service, "$aws/things/lamp/shadow/get", b"", false);
    }

    fn hear(&mut self, service: &mut ShadowService, topic: &str, payload: &[u8], is_ours: bool) {
        let request = Request::from_message(topic, payload).unwrap();
        let now = UnixMillis(1000 * self.states.len() as i64);
        for message in service.handle(request, now).messages {
            let topic = ShadowTopic::parse(message.topic.as_str()).unwrap();
            let id = ShadowId::new("lamp", None).unwrap();
            let version = service.document(id).unwrap().version;
            let says = match topic.operation {
                Operation::Documents => Says::Document(version, is_ours),
                Operation::Accepted(Verb::Get) => Says::Document(version, false),
                Operation::Accepted(_) if is_ours => Says::Accepted,
                Operation::Delta if is_ours => Says::Nothing,
                // Of others' updates the documents are enough.
                _ => continue,
            };
            self.messages.push(Message {
                topic: message.topic.as_str().to_owned(),
                payload: message.payload.to_vec(),
                says,
            });
        }
    }

    fn says(&self, came: &[usize]) -> Vec<Says> {
        came.iter()
            .map(|index| self.messages[*index].says)
            .collect()
    }

    /// The version that the panel shows: the newest that came on the last connection on which any came.
    fn shown(&self, came: &[usize]) -> u64 {
        let says = self.says(came);
        let connections = says.split(|says| *says == Says::Lost).rev();
        let versions = |says: &[Says]| {
            let versions = says.iter().map(|says| match says {
                Says::Document(version, _) => *version,
                _ => 0,
            });
            versions.max().filter(|version| *version > 0)
        };
        let mut newest = connections.filter_map(versions);
        newest.next().unwrap_or(1)
    }

    /// What is right after these messages. An end is the end, and what is to be sent again waits for that, unless
    /// the first one is answered after all.
    fn place(&self, came: &[usize]) -> Place {
        let says = self.says(came);
        let mut last = Place::Sent;
        for count in 1..=came.len() {
            let is_open = match last {
                Place::Sent | Place::InDoubt | Place::Accepted => true,
                Place::ToBeSentAgain => says[count - 1].is_answer(),
                Place::Reported | Place::Rejected | Place::Superseded => false,
            };
            if is_open {
                last = self.verdict(&came[..count]);
            }
        }
        last
    }

    /// Judged from nothing but which messages came on which connection.
    fn verdict(&self, came: &[usize]) -> Place {
        let says = self.says(came);
        if says.contains(&Says::Rejected) {
            return Place::Rejected;
        }
        let wish = Some("on".to_owned());
        let shown = self.shown(came);
        let [desired, reported] = &self.states[shown as usize];
        let is_done = *reported == wish;
        let stood = (1..=came.len()).any(|count| {
            let is_document = matches!(says[count - 1], Says::Document(..));
            is_document && self.states[self.shown(&came[..count]) as usize][0] == wish
        });
        let told = says.iter().any(|says| says.is_answer());
        if told || stood {
            return match desired {
                desired if *desired == wish && is_done => Place::Reported,
                None if is_done && shown > OURS => Place::Reported,
                desired if *desired != wish && shown > OURS => Place::Superseded,
                _ => Place::Accepted,
            };
        }
        let lost = says.iter().rposition(|says| *says == Says::Lost);
        let Some(lost) = lost else {
            return Place::Sent;
        };
        let is_told = says[lost..]
            .iter()
            .any(|says| matches!(says, Says::Document(..)));
        match is_told {
            false => Place::InDoubt,
            true if desired.is_none() && is_done => Place::Reported,
            true if self.is_as_sent(shown as usize) => Place::ToBeSentAgain,
            true => Place::Superseded,
        }
    }

    /// Whether the wish that stands at this version is the one that stood when the page sent its own.
    fn is_as_sent(&self, version: usize) -> bool {
        let wished = |version: usize| (&self.states[version][0], self.wished_at[version]);
        wished(version) == wished(1)
    }
}

fn power() -> FieldAddress {
    FieldAddress {
        device: "lamp".into(),
        shadow: None,
        path: vec!["power".into()],
    }
}

fn hear(known: &mut Known, message: &Message) {
    let now = Now::default();
    if message.says == Says::Lost {
        known.requests.handle_lost();
        known.shadows.restart();
        known.requests.handle_asked(true, now);
        return;
    }
    let publish = Publish {
        dup: false,
        qos: QoS::AtLeastOnce,
        retain: false,
        packet_id: None,
        topic: &message.topic,
        payload: &message.payload,
    };
    known.handle_message(&publish, &[], now);
}

/// The page after these messages: it knew that the lamp is off, and has just wished it on.
fn page(story: &Story, came: &[usize]) -> Known {
    let mut known = Known::new("gnomon-1");
    hear(&mut known, &story.messages[0]);
    let now = Now::default();
    known.requests.desire(power(), "on".into(), now);
    let request = known.poll_update(false, now).unwrap();
    assert_eq!(request.token, "gnomon-1-1");
    for index in came {
        hear(&mut known, &story.messages[*index]);
    }
    known
}

fn field(known: &Known) -> FieldView {
    let Selected::Device(view) = known.selected("lamp", None, Now::default()) else {
        panic!("it was heard of");
    };
    let mut fields = view.shadow.unwrap().fields.into_iter();
    fields.find(|field| field.path == ["power"]).unwrap()
}

fn check(story: &Story, came: &[usize], known: &Known) {
    let what = || format!("{} {came:?}", story.name);
    let field = field(known);
    let [desired, reported] = &story.states[story.shown(came) as usize];
    let text = |view: &Option<crate::engine::frame::ValueView>| {
        view.as_ref().map(|view| view.text.clone())
    };
    assert_eq!(text(&field.reported), *reported, "{}", what());
    assert_eq!(text(&field.desired), *desired, "{}", what());
    let switch = field.switch.unwrap();
    let is_on = reported.as_deref().map(|reported| reported == "on");
    assert_eq!(switch.reported, is_on, "{}", what());
    let change = field.change.unwrap();
    let place = match change.stage {
        Stage::Sent => Place::Sent,
        Stage::Queued if known.requests.in_doubt().next().is_some() => Place::InDoubt,
        Stage::Queued => Place::ToBeSentAgain,
        Stage::Accepted { .. } => Place::Accepted,
        Stage::Reported => Place::Reported,
        Stage::Rejected { .. } => Place::Rejected,
        Stage::Superseded { .. } => Place::Superseded,
        Stage::TimedOut => panic!("no time passes"),
    };
    assert_eq!(place, story.place(came), "{}", what());
    let is_busy = !matches!(place, Place::Reported | Place::Rejected | Place::Superseded);
    assert_eq!(field.busy, is_busy, "{}", what());
}

/// Everything that what is still to come can depend on.
fn state(story: &Story, came: &[usize], known: &Known) -> String {
    let says = story.says(came);
    let lost = says.iter().rposition(|says| *says == Says::Lost);
    let (before, here) = came.split_at(lost.map_or(0, |lost| lost + 1));
    let set = |came: &[usize]| came.iter().fold(0, |set, index| set | 1 << index);
    let (before, here): (u32, u32) = (set(before), set(here));
    format!(
        "{before} {here} {:?} {:?} {:?}",
        story.place(came),
        known.requests,
        known.shadows
    )
}

fn try_every_order(story: &Story) {
    let mut orders: Vec<Vec<usize>> = vec![Vec::new()];
    for length in 1..=LONGEST {
        let mut states = HashSet::new();
        let mut longer = Vec::new();
        for order in &orders {
            for index in 0..story.messages.len() {
                let mut came = order.clone();
                came.push(index);
                let known = page(story, &came);
                check(story, &came, &known);
                let is_new = length < EVERY_SINGLE
                    || length < LONGEST && states.insert(state(story, &came, &known));
                if is_new {
                    longer.push(came);
                }
            }
        }
        orders = longer;
    }
}

#[test]
fn a_wish_that_is_done_ends_well_in_every_order() {
    try_every_order(&story(
        "done",
        true,
        &[
            r#"{"state":{"reported":{"power":"OFF"}}}"#,
            r#"{"state":{"reported":{"power":"on"}}}"#,
        ],
    ));
}

#[test]
fn a_wish_that_the_device_takes_away_ends_well_in_every_order() {
    try_every_order(&story(
        "taken away",
        true,
        &[
            r#"{"state":{"desired":{"power":null},"reported":{"power":"on"}}}"#,
            r#"{"state":{"reported":{"battery":5}}}"#,
        ],
    ));
}

#[test]
fn another_clients_wish_supersedes_in_every_order() {
    try_every_order(&story(
        "superseded",
        true,
        &[
            r#"{"state":{"desired":{"power":"off"}},"clientToken":"ops-2"}"#,
            r#"{"state":{"reported":{"battery":5}}}"#,
        ],
    ));
}

#[test]
fn a_lost_wish_never_undoes_a_later_one_of_somebody_else() {
    let off = r#"{"state":{"desired":{"power":"off"}},"clientToken":"ops-2"}"#;
    let before = r#"{"state":{"desired":{"power":"off"},"reported":{"power":"off"}}}"#;
    // The same value again, and the wish of before taken away.
    let away = r#"{"state":{"desired":null},"clientToken":"ops-2"}"#;
    for (name, later) in [("off again", off), ("removed again", away)] {
        try_every_order(&story_after(before, name, true, &[later]));
    }
    let story = story("lost", true, &[off]);
    let find = |wanted: Says| story.messages.iter().position(|it| it.says == wanted);
    let came = [find(Says::Lost), find(Says::Document(3, false))].map(Option::unwrap);
    let mut known = page(&story, &came);
    let stage = field(&known).change.unwrap().stage;
    assert!(matches!(stage, Stage::Superseded { version: 3, .. }));
    assert_eq!(known.poll_update(true, Now::default()), None);
}

#[test]
fn another_client_that_removes_the_key_supersedes_in_every_order() {
    try_every_order(&story(
        "removed",
        true,
        &[r#"{"state":{"desired":null},"clientToken":"ops-2"}"#],
    ));
}

#[test]
fn a_rejected_wish_is_rejected_in_every_order_unless_somebody_elses_was_done() {
    try_every_order(&story(
        "rejected",
        false,
        &[
            r#"{"state":{"desired":{"power":"on"}},"clientToken":"ops-2"}"#,
            r#"{"state":{"reported":{"power":"on"}}}"#,
        ],
    ));
    try_every_order(&story(
        "rejected, others",
        false,
        &[r#"{"state":{"desired":{"fan":3},"reported":{"battery":5}}}"#],
    ));
}

#[test]
fn who_superseded_is_known_also_when_the_acceptance_came_late() {
    let story = story(
        "late",
        true,
        &[r#"{"state":{"desired":{"power":"off"}},"clientToken":"ops-2"}"#],
    );
    let find = |wanted: Says| story.messages.iter().position(|it| it.says == wanted);
    let own = find(Says::Document(2, true)).unwrap();
    let theirs = find(Says::Document(3, false)).unwrap();
    let accepted = find(Says::Accepted).unwrap();
    for came in [[own, theirs], [theirs, accepted]] {
        let field = field(&page(&story, &came));
        let Stage::Superseded { by, version: 3, .. } = field.change.unwrap().stage else {
            panic!("{came:?}");
        };
        let is_known = came[0] == own;
        // Of two updates at once nobody says which one came with the token.
        assert_eq!(by.as_deref(), is_known.then_some("ops-2"));
        assert_eq!(field.desired_by, by);
    }
}
