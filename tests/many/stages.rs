//! A change in stages, stopped, paused and undone.

use std::time::Duration;

use gnomon::engine::command::{BulkCommand, BulkWish, Command, Who, Wish};
use gnomon::engine::frame::{Chip, ItemStep, JobState, ValueView};

use super::field::{Field, SECOND, field, name};

#[test]
fn two_hundred_devices_change_in_stages_and_back_to_what_was_captured() {
    let mut lamps = Field::new(200);
    let captured = lamps.desired();
    let id = lamps.prepare();
    let job = lamps.job(id);
    assert_eq!(job.state, JobState::Prepared);
    assert_eq!((job.devices, job.will_change, job.already), (200, 160, 40));
    lamps.run(SECOND);
    assert_eq!(lamps.desired(), captured, "nothing is sent before");

    lamps.bulk(BulkCommand::Start {
        job: id,
        stop_percent: 2,
    });
    lamps.until_state(id, &JobState::Done);
    let job = lamps.job(id);
    let stages = job.stages.iter();
    let stages: Vec<_> = stages
        .map(|it| (it.percent, it.devices, it.reported))
        .collect();
    assert_eq!(stages, [(1, 2, 2), (10, 14, 14), (100, 144, 144)]);
    for pair in job.stages.windows(2) {
        assert!(pair[0].ended.is_some() && pair[0].ended <= pair[1].began);
    }
    assert!((0..200).all(|lamp| lamps.is_on(lamp)));
    assert_eq!(lamps.wishes().len(), 160);
    assert!(lamps.wishes().values().all(|times| *times == 1));
    assert_eq!((job.undoable, job.rejected_permille), (160, 0));

    let undoing = lamps.undo(id);
    assert_eq!(lamps.job(undoing).will_change, 160);
    assert_eq!(lamps.desired(), captured);
    let undone = lamps.job(id);
    assert_eq!((undone.undoable, undone.undo_until), (0, None));
}

#[test]
fn a_job_for_which_there_is_no_room_says_so() {
    let mut lamps = Field::new(5);
    let begin = |lamps: &mut Field| {
        let job = lamps.start(2);
        lamps.bulk(BulkCommand::Pause(job));
        job
    };
    let paused: Vec<_> = (0..8).map(|_| begin(&mut lamps)).collect();
    assert_eq!(lamps.job(paused[7]).state, JobState::Paused);
    let refused = begin(&mut lamps);
    assert_eq!(lamps.job(refused).state, JobState::Refused);
    assert_eq!(lamps.jobs().len(), 9);
    let again = begin(&mut lamps);
    assert_eq!(lamps.jobs().len(), 9, "the other one is gone");
    lamps.bulk(BulkCommand::Stop(paused[3]));
    lamps.bulk(BulkCommand::Close(again));
    let fits = begin(&mut lamps);
    assert_eq!(lamps.job(fits).state, JobState::Paused);
    assert_eq!(lamps.jobs().len(), 8);
}

#[test]
fn each_device_is_told_in_its_own_form() {
    let mut lamps = Field::new(5);
    let id = lamps.prepare();
    let rows = lamps.rows(id, None);
    let told = |lamp: usize| {
        let row = rows.iter().find(|row| row.field == field(lamp, "power"));
        let row = row.expect("every lamp was chosen");
        let text = |value: &Option<ValueView>| value.as_ref().map(|value| value.text.clone());
        (text(&row.before), text(&row.after))
    };
    let some = |text: &str| Some(text.to_owned());
    assert_eq!(told(0), (some("false"), some("true")));
    assert_eq!(told(1), (None, some("ON")));
    assert_eq!(told(2), (some("0"), some("1")));
    assert_eq!(told(3), (None, some("on")));
    assert_eq!(told(4), (some("true"), some("true")));
    let last = rows.last().expect("the one that is on already");
    assert_eq!((last.step, last.stage), (ItemStep::Already, 0));
    assert_eq!(rows.iter().map(|row| row.stage).max(), Some(100));
}

#[test]
fn single_devices_are_left_out_of_all_that_are_found() {
    let mut lamps = Field::new(4);
    let who = Who::Found {
        search: "lamp".to_owned(),
        chip: Chip::All,
        except: vec![name(1), "nobody".to_owned()],
        shadow: None,
        path: vec!["label".to_owned()],
    };
    let id = lamps.now(who, BulkWish::Set(Wish::Switch(true)));
    let rows = lamps.rows(id, None);
    let told: Vec<_> = rows.iter().map(|row| row.field.device.clone()).collect();
    assert_eq!(told, [name(0), name(2), name(3)]);
}

#[test]
fn a_stage_waits_for_the_one_before() {
    let mut lamps = Field::new(50);
    lamps.deaf = (0..50).map(name).collect();
    let id = lamps.start(2);
    lamps.run(SECOND * 10);
    let job = lamps.job(id);
    assert_eq!((job.stages[0].accepted, job.stages[1].waiting), (1, 3));
    lamps.deaf.clear();
    lamps.run(SECOND);
    assert_eq!(lamps.job(id).stages[1].waiting, 0);
    lamps.until_state(id, &JobState::Done);
}

#[test]
fn a_device_that_does_nothing_holds_its_stage_back_for_half_a_minute() {
    let mut lamps = Field::new(50);
    lamps.deaf = [name(0)].into();
    let id = lamps.start(2);
    lamps.run(SECOND * 29);
    assert_eq!(lamps.job(id).stages[1].began, None);
    lamps.run(SECOND * 2);
    assert!(lamps.job(id).stages[1].began.is_some());
    lamps.until_state(id, &JobState::Done);
    assert_eq!(lamps.job(id).stages[0].timed_out, 1);
    // A late report still counts.
    lamps.deaf.clear();
    lamps.run(SECOND * 2);
    assert_eq!(lamps.job(id).stages[0].reported, 1);
}

#[test]
fn it_stops_by_itself_when_too_many_refuse() {
    let mut lamps = Field::new(100);
    // Their documents are full: one more key is too much.
    let ballast = format!(r#"{{"reported":{{"ballast":"{}"}}}}"#, "x".repeat(8140));
    for lamp in (41..100).filter(|lamp| lamp % 5 == 1) {
        lamps.update(lamp, &ballast);
    }
    lamps.run(SECOND);
    let captured = lamps.desired();
    let id = lamps.start(2);
    lamps.until_state(id, &JobState::StoppedByRefusals);
    lamps.run(SECOND * 5);
    let job = lamps.job(id);
    assert_eq!(job.state, JobState::StoppedByRefusals);
    let last = job.stages[2];
    assert!(last.waiting > 0, "{last:?}");
    assert!(job.rejected_permille > 20);
    let [(413, words, number)] = &job.rejections[..] else {
        panic!("{:?}", job.rejections);
    };
    assert!(!words.is_empty());
    let rows = lamps.rows(id, Some(ItemStep::Rejected));
    assert_eq!((rows.len() as u32, last.rejected), (*number, *number));
    assert!(rows.iter().all(|row| row.code == Some(413)));

    lamps.bulk(BulkCommand::Resume(id));
    lamps.run(SECOND * 3);
    let again = lamps.job(id).stages[2];
    assert!(again.waiting < last.waiting, "it goes on");
    assert!(again.rejected > last.rejected, "until it is too much again");
    assert_eq!(lamps.job(id).state, JobState::StoppedByRefusals);

    lamps.undo(id);
    assert_eq!(lamps.desired(), captured);
}

#[test]
fn it_pauses_resumes_and_stops() {
    let mut lamps = Field::new(200);
    lamps.pair.latency = Duration::from_millis(50);
    let id = lamps.start(2);
    lamps.until("last stage", |it| it.job(id).stages[2].sent > 0);
    lamps.bulk(BulkCommand::Pause(id));
    lamps.run(SECOND * 2);
    let paused = lamps.job(id);
    assert_eq!(paused.state, JobState::Paused);
    assert!(paused.stages[2].waiting > 0);
    lamps.run(SECOND * 2);
    assert_eq!(lamps.job(id).stages, paused.stages);
    lamps.bulk(BulkCommand::Resume(id));
    lamps.run(Duration::from_millis(300));
    assert!(lamps.job(id).stages[2].waiting < paused.stages[2].waiting);
    lamps.bulk(BulkCommand::Stop(id));
    lamps.run(SECOND);
    let stopped = lamps.job(id);
    assert_eq!(stopped.state, JobState::Stopped);
    assert!(stopped.stages[2].waiting > 0);
    lamps.bulk(BulkCommand::Resume(id));
    lamps.run(SECOND);
    assert_eq!(lamps.job(id).state, JobState::Stopped);
    assert_eq!(lamps.job(id).stages, stopped.stages);
    lamps.bulk(BulkCommand::Close(id));
    assert!(lamps.jobs().is_empty());
}

#[test]
fn what_somebody_changed_since_is_left_alone() {
    let mut lamps = Field::new(50);
    let captured = lamps.desired();
    let id = lamps.prepare();
    // One before it is sent, one after, and one by this page itself.
    lamps.update(10, r#"{"desired":{"power":"dimmed"}}"#);
    lamps.run(SECOND);
    lamps.bulk(BulkCommand::Start {
        job: id,
        stop_percent: 2,
    });
    lamps.until_state(id, &JobState::Done);
    lamps.update(20, r#"{"desired":{"power":"dimmed"}}"#);
    lamps.pair.command(Command::Desire {
        field: field(30, "power"),
        wish: Wish::Switch(false),
    });
    lamps.run(SECOND);
    assert_eq!(lamps.job(id).undoable, 37);
    let overtaken = lamps.rows(id, Some(ItemStep::Superseded));
    assert_eq!(overtaken[0].field, field(10, "power"));

    lamps.undo(id);
    let mut expected = captured;
    let dimmed = ("power".to_owned(), r#"Text("dimmed")"#.to_owned());
    expected[10][0] = dimmed.clone();
    expected[20][0] = dimmed;
    assert_eq!(lamps.desired(), expected);
}

#[test]
fn an_undo_stops_what_is_still_under_way() {
    let mut lamps = Field::new(200);
    let captured = lamps.desired();
    lamps.pair.latency = Duration::from_millis(50);
    let id = lamps.start(2);
    lamps.until("last stage", |it| it.job(id).stages[2].sent > 0);
    lamps.undo(id);
    assert_eq!(lamps.desired(), captured);
    assert_eq!(lamps.job(id).state, JobState::Stopped);
    lamps.run(SECOND * 2);
    assert_eq!(lamps.desired(), captured);
}

#[test]
fn an_undo_is_possible_for_ten_minutes() {
    let mut lamps = Field::new(5);
    let id = lamps.start(2);
    lamps.until_state(id, &JobState::Done);
    lamps.pair.run_for(SECOND * 595);
    assert_eq!(lamps.job(id).undoable, 4);
    lamps.pair.run_for(SECOND * 10);
    let job = lamps.job(id);
    assert_eq!((job.undoable, job.undo_until), (0, None));
    let before = lamps.desired();
    lamps.bulk(BulkCommand::Undo(id));
    lamps.run(SECOND * 2);
    assert_eq!((lamps.desired(), lamps.jobs().len()), (before, 1));
}

#[test]
fn a_person_goes_before_a_job() {
    let mut lamps = Field::new(200);
    lamps.pair.latency = Duration::from_millis(200);
    let id = lamps.start(2);
    lamps.until("last stage", |it| it.job(id).stages[2].sent > 10);
    assert!(lamps.job(id).stages[2].waiting > 0);
    lamps.pair.command(Command::Desire {
        field: field(199, "power"),
        wish: Wish::Switch(false),
    });
    let sent = &lamps.pair.tap.published;
    let own = "$aws/things/lamp-199/shadow/update".to_owned();
    assert_eq!(sent.last(), Some(&own));
}

#[test]
fn silent_devices_hold_nobody_up_and_follow_when_they_return() {
    let mut lamps = Field::new(20);
    lamps.deaf = [name(0), name(1)].into();
    lamps.update(0, r#"{"reported":{"online":false}}"#);
    lamps.update(1, r#"{"reported":{"online":false}}"#);
    lamps.run(SECOND);
    let id = lamps.prepare();
    let job = lamps.job(id);
    assert_eq!((job.silent, job.will_change), (2, 16));
    lamps.bulk(BulkCommand::Start {
        job: id,
        stop_percent: 2,
    });
    lamps.run(SECOND * 5);
    let job = lamps.job(id);
    assert_eq!(job.state, JobState::Sent);
    let last = job.stages[2];
    assert_eq!((last.accepted, last.reported), (2, last.devices - 2));
    lamps.run(SECOND * 60);
    let job = lamps.job(id);
    assert_eq!((&job.state, job.stages[2].timed_out), (&JobState::Done, 2));
    lamps.deaf.clear();
    lamps.run(SECOND * 3);
    assert!(lamps.is_on(0) && lamps.is_on(1));
    let last = lamps.job(id).stages[2];
    assert_eq!((last.timed_out, last.reported), (0, last.devices));
}

#[test]
fn a_job_that_was_begun_without_a_link_goes_out_when_it_stands() {
    let mut lamps = Field::new(20);
    lamps.pair.cut();
    let id = lamps.start(2);
    assert_eq!(lamps.job(id).stages[0].waiting, 1);
    lamps.until_state(id, &JobState::Done);
    assert!((0..20).all(|lamp| lamps.is_on(lamp)));
}

#[test]
fn another_broker_ends_it_and_only_eight_are_kept() {
    let mut lamps = Field::new(5);
    for round in 0..9 {
        let who = Who::Fields(vec![field(0, "power"), field(0, "power")]);
        lamps.now(who, BulkWish::Set(Wish::Switch(round % 2 == 0)));
        lamps.run(SECOND);
    }
    let jobs: Vec<_> = lamps.jobs().iter().map(|it| (it.id, it.devices)).collect();
    let expected: Vec<_> = (2..=9).rev().map(|id| (id, 1)).collect();
    assert_eq!(jobs, expected);
    lamps.prepare();
    lamps.prepare();
    let jobs = lamps.jobs();
    let prepared = jobs.iter().filter(|job| job.state == JobState::Prepared);
    assert_eq!((prepared.count(), jobs.len()), (1, 8));
    lamps.pair.connect_to("ws://elsewhere.example/mqtt");
    assert!(lamps.jobs().is_empty());
}
