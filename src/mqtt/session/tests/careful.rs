//! Brokers that close the connection over a filter, as AWS IoT does, and what a person may do about it.

use super::*;
use SubscriptionState::{Asked, Granted, LeftOut, Refused, SetAside};

/// A broker that closes on what it forbids, and the connections that it saw.
struct Strict {
    forbidden: &'static [&'static str],
    connects: Vec<Instant>,
}

impl Scene {
    /// Lets both sides say what they have to say, until that time.
    fn play(&mut self, broker: &mut Strict, end: Instant) {
        loop {
            for output in self.outputs() {
                match output {
                    Output::Open => self.session.handle_opened(self.now),
                    Output::Send(bytes) => self.answer(broker, bytes),
                    Output::Close => {}
                }
            }
            if self.session.has_unsent() {
                continue;
            }
            match self.session.poll_timeout().filter(|due| *due <= end) {
                Some(due) => self.pass_until(due),
                None => return self.now = end,
            }
        }
    }

    fn answer(&mut self, broker: &mut Strict, bytes: Bytes) {
        let mut reader = FrameReader::new(MAX_PACKET);
        reader.push(bytes);
        while let Some(frame) = reader.next_frame().unwrap() {
            match wire::parse(&frame).unwrap() {
                Packet::Connect(_) => {
                    broker.connects.push(self.now);
                    self.broker(&Packet::ConnAck(ConnAck {
                        session_present: false,
                        code: 0,
                    }));
                }
                Packet::Subscribe(subscribe) => {
                    let filters = subscribe.filters.iter().map(|(filter, _)| filter.as_str());
                    if filters
                        .clone()
                        .any(|filter| broker.forbidden.contains(&filter))
                    {
                        return self.session.handle_closed(1006, self.now);
                    }
                    let codes = vec![1; filters.count()];
                    let packet_id = subscribe.packet_id;
                    self.broker(&Packet::SubAck(SubAck { packet_id, codes }));
                }
                Packet::Unsubscribe(unsubscribe) => {
                    self.broker(&Packet::UnsubAck(unsubscribe.packet_id));
                }
                Packet::PingReq => {
                    self.broker(&Packet::PingResp);
                }
                _ => {}
            }
        }
    }

    /// The broker answers the newest SUBSCRIBE.
    fn answer_newest(&mut self, codes: &[u8]) {
        let sent = self.session.in_flight.clone();
        let mut ids = (1..100).rev().filter_map(PacketId::new);
        let packet_id = ids.find(|id| sent.clone().end(*id).is_some()).unwrap();
        let codes = codes.to_vec();
        self.broker(&Packet::SubAck(SubAck { packet_id, codes }));
    }

    fn states(&self) -> Vec<SubscriptionState> {
        let states = self.session.subscriptions();
        states.map(|(_, state)| state).collect()
    }

    /// Both ends under way with `count` filters, until a minute has passed.
    fn with_strict(count: usize, forbidden: &'static [&'static str]) -> (Self, Strict) {
        let mut scene = Self::new(filters(count));
        let mut broker = Strict {
            forbidden,
            connects: Vec::new(),
        };
        scene.session.connect(scene.now);
        scene.play(&mut broker, at(60));
        (scene, broker)
    }
}

fn only(count: usize, others: &[(usize, SubscriptionState)]) -> Vec<SubscriptionState> {
    let mut states = vec![Granted; count];
    for &(place, state) in others {
        states[place] = state;
    }
    states
}

#[test]
fn the_filter_that_ends_the_connection_is_set_aside_and_the_rest_runs() {
    let (mut scene, mut broker) = Scene::with_strict(13, &["fleet/3/+"]);
    assert_eq!(scene.states(), only(13, &[(3, SetAside)]));
    assert_eq!(scene.session.phase(), &Phase::Up);
    assert_eq!(broker.connects.len(), 3);
    // The next connection does not fall into the same hole.
    scene.session.handle_closed(1006, scene.now);
    scene.play(&mut broker, at(120));
    assert_eq!(scene.states(), only(13, &[(3, SetAside)]));
    assert_eq!(broker.connects.len(), 4);
    assert!(scene.session.is_settled());
}

#[test]
fn several_of_them_are_found_one_a_connection_and_a_second_apart() {
    let forbidden = &["fleet/0/+", "fleet/8/+", "fleet/12/+"];
    let mut scene = Scene::new(filters(13));
    let mut broker = Strict {
        forbidden,
        connects: Vec::new(),
    };
    scene.session.connect(scene.now);
    scene.play(&mut broker, at(60));
    let lost = [0, 8, 12].map(|place| (place, SetAside));
    assert_eq!(scene.states(), only(13, &lost));
    let pauses = broker
        .connects
        .windows(2)
        .map(|pair| pair[1].since(pair[0]));
    let second = Duration::from_secs(1)..Duration::from_secs(2);
    assert!(
        pauses.into_iter().all(|pause| second.contains(&pause)),
        "{:?}",
        broker.connects
    );
    assert_eq!(broker.connects.len(), 5);
}

#[test]
fn a_broker_that_allows_nothing_ends_the_search() {
    const ALL: &[&str] = &["fleet/0/+", "fleet/1/+", "fleet/2/+", "fleet/3/+"];
    let (scene, broker) = Scene::with_strict(4, ALL);
    assert_eq!(scene.states(), [SetAside; 4]);
    assert_eq!(scene.session.phase(), &Phase::Up);
    assert_eq!(
        broker.connects.len(),
        6,
        "one for all, one each, and one that stays"
    );
}

#[test]
fn a_link_lost_while_subscribing_convicts_no_filter() {
    let mut scene = Scene::up(filters(9));
    scene.session.handle_closed(1006, scene.now);
    let mut broker = Strict {
        forbidden: &[],
        connects: Vec::new(),
    };
    scene.play(&mut broker, at(60));
    assert_eq!(scene.states(), [Granted; 9]);
    // All of them are cleared, so the next connection asks for eight at a time again.
    scene.session.handle_closed(1006, scene.now);
    scene.outputs();
    scene.connect(false);
    assert_eq!(scene.sent().len(), 3, "CONNECT and two SUBSCRIBEs");
}

#[test]
fn an_end_in_careful_mode_is_only_a_first_suspicion_of_what_was_granted_before() {
    let (mut scene, mut broker) = Scene::with_strict(5, &["fleet/4/+"]);
    scene.session.handle_closed(1006, scene.now);
    scene.outputs();
    scene.connect(false);
    assert_eq!(scene.sent().len(), 2, "CONNECT and the first filter");
    scene.session.handle_closed(1006, scene.now);
    assert_eq!(scene.states()[0], Asked);
    scene.play(&mut broker, at(120));
    assert_eq!(scene.states(), only(5, &[(4, SetAside)]));
}

#[test]
fn silence_and_nonsense_are_no_answer_to_a_filter() {
    for malformed in [false, true] {
        let mut scene = Scene::up(filters(9));
        scene.events();
        match malformed {
            true => drop(scene.chunk(Bytes::from_static(&[0xc0, 0]))),
            false => scene.pass_until(at(90)),
        }
        assert_eq!(scene.events(), [Event::Lost(Loss::Given)]);
        scene.outputs();
        scene.session.connect(scene.now);
        scene.connect(false);
        assert_eq!(scene.sent().len(), 3, "CONNECT and two SUBSCRIBEs");
    }
}

#[test]
fn a_broker_that_ends_every_connection_is_not_stormed() {
    let mut scene = Scene::new(filters(3));
    let mut connects = 0;
    scene.session.connect(scene.now);
    while scene.now < at(600) {
        for output in scene.outputs() {
            if output == Output::Open {
                connects += 1;
                scene.session.handle_opened(scene.now);
                scene.broker(&Packet::ConnAck(ConnAck {
                    session_present: false,
                    code: 0,
                }));
                scene.session.handle_closed(1006, scene.now);
            }
        }
        let due = scene.session.poll_timeout().unwrap();
        scene.pass_until(due);
    }
    assert!(connects < 50, "{connects}");
}

#[test]
fn a_filter_is_tried_again_and_left_out_as_a_person_says() {
    let (mut scene, mut broker) = Scene::with_strict(3, &["fleet/1/+"]);
    let connects = broker.connects.len();
    scene.session.try_filter("fleet/1/+", scene.now);
    assert_eq!(scene.states()[1], Asked);
    scene.play(&mut broker, at(90));
    assert_eq!(scene.states(), only(3, &[(1, SetAside)]), "once was enough");
    assert_eq!(broker.connects.len(), connects + 1);
    broker.forbidden = &[];
    scene.session.try_filter("fleet/1/+", scene.now);
    scene.play(&mut broker, at(100));
    assert_eq!(scene.states(), [Granted; 3]);
    scene.session.leave_out("fleet/0/+", scene.now);
    assert!(scene.sent()[0].starts_with("Unsubscribe("));
    scene.broker(&Packet::UnsubAck(PacketId::new(8).unwrap()));
    assert_eq!(scene.states(), only(3, &[(0, LeftOut)]));
    scene.session.try_filter("fleet/0/+", scene.now);
    scene.play(&mut broker, at(110));
    assert_eq!(scene.states(), [Granted; 3]);
    scene.session.try_filter("no/such", scene.now);
    scene.session.leave_out("no/such", scene.now);
    assert!(!scene.session.has_unsent());
}

#[test]
fn what_is_left_out_is_not_asked_for_and_given_back_when_it_comes_too_late() {
    let mut config = Scene::new(filters(3)).session.config.clone();
    config.left_out = vec!["fleet/2/+".to_owned()];
    let mut scene = Scene::up(Vec::new());
    scene.session = Session::new(config, 1, scene.now);
    scene.connect(false);
    assert!(!scene.sent()[1].contains("fleet/2/+"));
    scene.session.leave_out("fleet/1/+", scene.now);
    assert!(!scene.session.has_unsent(), "it is not granted yet");
    scene.broker(&Packet::SubAck(SubAck {
        packet_id: PacketId::new(1).unwrap(),
        codes: vec![0x80, 1],
    }));
    let sent = scene.sent();
    assert!(sent[0].starts_with("Unsubscribe(") && sent[0].contains("fleet/1/+"));
    assert_eq!(scene.states(), [Refused, LeftOut, LeftOut]);
    assert!(scene.session.is_settled());
}

#[test]
fn what_is_published_waits_for_answers_but_not_for_ever() {
    let mut scene = Scene::up(filters(1));
    assert!(!scene.session.is_settled());
    scene.pass_until(Instant(4999));
    assert!(!scene.session.is_settled());
    scene.pass_until(at(5));
    assert!(scene.session.is_settled());
}

#[test]
fn fifty_filters_are_kept_each_of_them_once() {
    let twice = [filters(60), filters(60)].concat();
    let scene = Scene::new(twice);
    assert_eq!(scene.session.subscriptions().count(), 50);
    let scene = Scene::new([filters(7), filters(7)].concat());
    assert_eq!(scene.session.subscriptions().count(), 7);
}

/// Two filters, of which `spare` stands in for the first one.
fn with_spare(left_out: &[&str]) -> Scene {
    let mut scene = Scene::new(filters(2));
    scene.session.config.left_out = left_out.iter().map(|it| (*it).to_owned()).collect();
    let left_out = scene.session.config.left_out.clone();
    scene.session.subscriptions = Subscriptions::new(&filters(2), &left_out);
    let spare = TopicFilter::new("spare").unwrap();
    scene.session.stand_in(&spare, "fleet/0/+");
    scene.session.stand_in(&spare, "never/asked/for");
    scene
}

fn strict(forbidden: &'static [&'static str]) -> Strict {
    Strict {
        forbidden,
        connects: Vec::new(),
    }
}

#[test]
fn what_stands_in_for_another_is_asked_for_in_its_place_only() {
    let mut scene = with_spare(&[]);
    let mut broker = strict(&[]);
    scene.session.connect(scene.now);
    scene.play(&mut broker, at(10));
    assert_eq!(scene.states(), [Granted, Granted]);
    scene.session.leave_out("fleet/0/+", scene.now);
    scene.play(&mut broker, at(20));
    assert_eq!(scene.states(), [LeftOut, Granted, Granted]);
    scene.session.handle_closed(1006, scene.now);
    scene.play(&mut broker, at(40));
    assert_eq!(scene.states(), [LeftOut, Granted, Granted]);
    scene.session.try_filter("fleet/0/+", scene.now);
    let sent = scene.sent().join(" ");
    assert!(!sent.contains("spare"), "{sent}");
    scene.answer_newest(&[1]);
    let sent = scene.sent().join(" ");
    assert!(
        sent.contains("Unsubscribe") && sent.contains("spare"),
        "{sent}"
    );
    assert_eq!(scene.states(), [Granted, Granted]);
}

#[test]
fn what_stands_in_for_a_filter_that_ends_the_connection_may_end_it_too() {
    let mut scene = with_spare(&[]);
    let mut broker = strict(&["fleet/0/+"]);
    scene.session.connect(scene.now);
    scene.play(&mut broker, at(60));
    assert_eq!(scene.states(), [SetAside, Granted, Granted]);
    assert_eq!(broker.connects.len(), 3);
    let mut scene = with_spare(&[]);
    let mut broker = strict(&["fleet/0/+", "spare"]);
    scene.session.connect(scene.now);
    scene.play(&mut broker, at(600));
    assert_eq!(scene.states(), [SetAside, Granted, SetAside]);
    assert_eq!(broker.connects.len(), 5);
    assert!(scene.session.is_settled());
    let mut scene = with_spare(&["fleet/0/+", "spare"]);
    scene.session.connect(scene.now);
    scene.play(&mut strict(&[]), at(10));
    assert_eq!(scene.states(), [LeftOut, Granted, LeftOut]);
}

#[test]
fn a_refusal_is_enough_for_another_filter_to_stand_in() {
    let mut scene = with_spare(&[]);
    for connection in 0..2 {
        scene.connect(false);
        scene.sent();
        scene.answer_newest(&[0x80, 1]);
        let sent = scene.sent().join(" ");
        assert!(sent.contains("spare"), "{connection}: {sent}");
        assert!(!scene.session.is_settled());
        scene.answer_newest(&[1]);
        assert_eq!(scene.states(), [Refused, Granted, Granted]);
        assert!(scene.session.is_settled());
        scene.session.disconnect(scene.now);
    }
}
