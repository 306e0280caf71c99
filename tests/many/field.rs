//! A field of lamps that one hand plays, a page that looks at them, and what must hold at every moment.

use std::collections::{HashMap, HashSet};
use std::time::Duration;

use gnomon::engine::command::{
    BulkCommand, BulkRequest, BulkWish, Command, FieldAddress, Who, Wish,
};
use gnomon::engine::frame::{
    BoardRequest, BoardView, Chip, FrameRequest, ItemStep, JobRequest, JobRow, JobState, JobView,
};
use gnomon::shadow::topics::ShadowId;

use crate::pair::device::Device;
use crate::pair::line::Pair;

pub(crate) const SECOND: Duration = Duration::from_secs(1);

/// So long are the steps in which the lamps obey.
const SLICE: Duration = Duration::from_millis(20);
const SLICES_PER_SECOND: usize = 50;

pub(crate) struct Field {
    pub(crate) pair: Pair,
    pub(crate) lamps: usize,
    hand: Device,
    /// Lamps that do not obey at present.
    pub(crate) deaf: HashSet<String>,
    /// What they did not do yet.
    missed: HashMap<String, String>,
    /// How many messages the page had published after each slice.
    published: Vec<usize>,
    /// The thing and the client token of every desired update that the service accepted.
    accepted: Vec<(String, String)>,
}

pub(crate) fn name(lamp: usize) -> String {
    format!("lamp-{lamp:03}")
}

pub(crate) fn field(lamp: usize, key: &str) -> FieldAddress {
    FieldAddress {
        device: name(lamp),
        shadow: None,
        path: vec![key.to_owned()],
    }
}

impl Field {
    /// Some lamps are on already, some were never wished anything, some say 0 and some say `"OFF"`.
    pub(crate) fn new(lamps: usize) -> Self {
        let mut field = Self::empty();
        field.lamps = lamps;
        for lamp in 0..lamps {
            let state = match lamp % 5 {
                0 => r#"{"desired":{"power":false},"reported":{"power":false}}"#,
                1 => r#"{"reported":{"power":"OFF","fan":{"speed":3}}}"#,
                2 => r#"{"desired":{"power":0,"fan":{"speed":3}},"reported":{"power":0}}"#,
                3 => r#"{"desired":{"mode":"eco"},"reported":{"power":"off","mode":"eco"}}"#,
                _ => r#"{"desired":{"power":true},"reported":{"power":true}}"#,
            };
            field.update(lamp, state);
        }
        field.run(SECOND);
        field
    }

    /// A page that is connected, and nothing to see yet.
    pub(crate) fn empty() -> Self {
        let mut pair = Pair::new(1);
        let hand = Device::connect(&mut pair, "hand");
        hand.listen(&mut pair, "$aws/things/+/shadow/update/+");
        pair.connect();
        pair.run_for(SECOND);
        Self {
            pair,
            lamps: 0,
            hand,
            deaf: HashSet::new(),
            missed: HashMap::new(),
            published: Vec::new(),
            accepted: Vec::new(),
        }
    }

    /// Somebody else changes a shadow.
    pub(crate) fn update(&mut self, lamp: usize, state: &str) {
        let topic = format!("$aws/things/{}/shadow/update", name(lamp));
        let payload = format!(r#"{{"state":{state}}}"#);
        self.hand.publish(&mut self.pair, &topic, &payload);
    }

    /// Time passes and the lamps obey.
    pub(crate) fn run(&mut self, time: Duration) {
        for _ in 0..time.as_millis() / SLICE.as_millis() {
            self.pair.run_for(SLICE);
            self.obey();
            let published = self.pair.tap.published.len();
            self.published.push(published);
            let second_ago = self.published.len().checked_sub(SLICES_PER_SECOND + 1);
            let before = second_ago.map_or(0, |place| self.published[place]);
            assert!(published - before <= 100, "{} at once", published - before);
        }
    }

    pub(crate) fn until(&mut self, what: &str, mut done: impl FnMut(&mut Self) -> bool) {
        for _ in 0..12_000 {
            if done(self) {
                return;
            }
            self.run(SLICE);
        }
        panic!("{what}: it did not happen; {:#?}", self.jobs());
    }

    fn obey(&mut self) {
        for (topic, payload) in self.hand.messages(&mut self.pair) {
            let thing = topic
                .split('/')
                .nth(2)
                .expect("a shadow's topic")
                .to_owned();
            let body: serde_json::Value =
                serde_json::from_slice(&payload).expect("the service speaks JSON");
            if topic.ends_with("/delta") {
                self.missed.insert(thing, body["state"].to_string());
            } else if topic.ends_with("/accepted")
                && let Some(token) = body["clientToken"].as_str()
            {
                self.accepted.push((thing, token.to_owned()));
            }
        }
        let hears = |thing: &String, _: &mut String| !self.deaf.contains(thing);
        let todo: Vec<_> = self.missed.extract_if(hears).collect();
        for (thing, state) in todo {
            let topic = format!("$aws/things/{thing}/shadow/update");
            let payload = format!(r#"{{"state":{{"reported":{state}}}}}"#);
            self.hand.publish(&mut self.pair, &topic, &payload);
        }
    }

    pub(crate) fn bulk(&mut self, command: BulkCommand) {
        self.pair.command(Command::Bulk(command));
    }

    /// Carries something out at once and gives the job's number.
    pub(crate) fn now(&mut self, who: Who, what: BulkWish) -> u32 {
        self.bulk(BulkCommand::Now(BulkRequest { who, what }));
        self.jobs()[0].id
    }

    /// Prepares to switch every lamp on and gives the job's number.
    pub(crate) fn prepare(&mut self) -> u32 {
        let who = Who::Found {
            search: "lamp".to_owned(),
            chip: Chip::All,
            except: Vec::new(),
            shadow: None,
            path: vec!["power".to_owned()],
        };
        let what = BulkWish::Set(Wish::Switch(true));
        self.bulk(BulkCommand::Prepare(BulkRequest { who, what }));
        self.jobs()[0].id
    }

    pub(crate) fn start(&mut self, stop_percent: u8) -> u32 {
        let job = self.prepare();
        self.bulk(BulkCommand::Start { job, stop_percent });
        job
    }

    /// Newest first.
    pub(crate) fn jobs(&mut self) -> Vec<JobView> {
        let view = self.pair.answer(FrameRequest::default());
        view.jobs.expect("a fresh frame has every part")
    }

    pub(crate) fn job(&mut self, id: u32) -> JobView {
        let mut jobs = self.jobs().into_iter();
        jobs.find(|job| job.id == id).expect("the job is kept")
    }

    pub(crate) fn until_state(&mut self, id: u32, state: &JobState) {
        let what = format!("job {id} is to be {state:?}");
        self.until(&what, |field| field.job(id).state == *state);
    }

    /// Undoes a job, waits until that is done, and gives its number.
    pub(crate) fn undo(&mut self, id: u32) -> u32 {
        self.bulk(BulkCommand::Undo(id));
        let undoing = self.jobs()[0].clone();
        assert_eq!(undoing.undoes, Some(id));
        self.until_state(undoing.id, &JobState::Done);
        undoing.id
    }

    pub(crate) fn rows(&mut self, job: u32, step: Option<ItemStep>) -> Vec<JobRow> {
        let looked_at = JobRequest {
            job,
            step,
            first: 0,
            rows: 1000,
        };
        let request = FrameRequest {
            job: Some(looked_at),
            ..FrameRequest::default()
        };
        self.pair
            .answer(request)
            .job
            .expect("it was asked for")
            .rows
    }

    pub(crate) fn board(&mut self, request: BoardRequest) -> BoardView {
        let looked_at = BoardRequest {
            rows: 1000,
            ..request
        };
        let request = FrameRequest {
            board: Some(looked_at),
            ..FrameRequest::default()
        };
        self.pair.answer(request).board.expect("it was asked for")
    }

    /// Desired and reported of every leaf, as the service holds them.
    pub(crate) fn state(&self, lamp: usize) -> Vec<(String, Option<String>, Option<String>)> {
        let thing = name(lamp);
        let id = ShadowId::new(&thing, None).expect("a test names things well");
        let document = self.pair.backend.shadow(id).unwrap_or_default();
        let mut leaves = Vec::new();
        document.visit_leaves(&mut |leaf| {
            let [desired, reported] = [leaf.desired, leaf.reported]
                .map(|stated| stated.map(|stated| format!("{:?}", stated.value)));
            leaves.push((leaf.path.join("."), desired, reported));
        });
        leaves
    }

    /// What is wished of every lamp.
    pub(crate) fn desired(&self) -> Vec<Vec<(String, String)>> {
        let desired = |lamp| {
            let leaves = self.state(lamp).into_iter();
            let wished = leaves.filter_map(|(path, desired, _)| Some((path, desired?)));
            wished.collect()
        };
        (0..self.lamps).map(desired).collect()
    }

    /// Whether a lamp is reported as on.
    pub(crate) fn is_on(&self, lamp: usize) -> bool {
        let state = self.state(lamp);
        let power = state.into_iter().find(|(path, ..)| path == "power");
        let reported = power.and_then(|(.., reported)| reported);
        let on = [
            "Bool(true)",
            r#"Text("ON")"#,
            r#"Text("on")"#,
            "Number(Unsigned(1))",
        ];
        reported.is_some_and(|reported| on.contains(&&*reported))
    }

    /// How often the service accepted a wish of the page for each lamp.
    pub(crate) fn wishes(&self) -> HashMap<&str, usize> {
        let mut tokens = HashSet::new();
        let mut wishes = HashMap::new();
        for (thing, token) in &self.accepted {
            assert!(tokens.insert(token), "{token} was carried out twice");
            *wishes.entry(&**thing).or_default() += 1;
        }
        wishes
    }
}
