//! Why a wish waits, from real sequences of updates, and what answers it.

use gnomon::engine::command::{BulkWish, Who};
use gnomon::engine::frame::{BoardRequest, BoardTab, JobState, StuckCause, StuckRow};

use super::field::{Field, SECOND, field, name};

const OLDER_THAN: u32 = 5;

fn request() -> BoardRequest {
    BoardRequest {
        older_than: OLDER_THAN,
        ..BoardRequest::default()
    }
}

fn rows(lamps: &mut Field) -> Vec<StuckRow> {
    lamps.board(request()).stuck_rows
}

/// The one row that is there after these updates and some time.
fn only_row(updates: &[&str]) -> StuckRow {
    let mut lamps = deaf(1);
    for update in updates {
        lamps.update(0, update);
        lamps.run(SECOND * 2);
    }
    lamps.run(SECOND * 6);
    let mut rows = rows(&mut lamps);
    assert_eq!(rows.len(), 1, "{updates:?}");
    rows.remove(0)
}

/// Lamps that do nothing by themselves.
fn deaf(lamps: usize) -> Field {
    let mut field = Field::empty();
    field.lamps = lamps;
    field.deaf = (0..lamps).map(name).collect();
    field
}

fn check(updates: &[&str], cause: StuckCause, own_form: Option<&str>) -> StuckRow {
    let row = only_row(updates);
    assert_eq!(row.cause, cause, "{updates:?}");
    let form = row.own_form.as_ref().map(|form| &*form.text);
    assert_eq!(form, own_form, "{updates:?}");
    row
}

#[test]
fn each_cause_is_found_from_what_the_device_said() {
    let wish = r#"{"desired":{"power":true}}"#;
    let off = r#"{"reported":{"power":false}}"#;
    let on = r#"{"reported":{"power":true}}"#;
    let other = r#"{"reported":{"battery":80}}"#;
    check(&[off, wish, off], StuckCause::NotDone, None);
    check(&[wish, other], StuckCause::NeverReported, None);
    check(
        &[wish, r#"{"reported":{"power":1}}"#],
        StuckCause::TypeDiffers,
        Some("1"),
    );
    check(
        &[wish, r#"{"reported":{"power":0}}"#],
        StuckCause::NotDone,
        Some("1"),
    );
    let row = check(&[wish, on, other, off], StuckCause::SetBack, None);
    assert_eq!(row.cause_at, row.reported_at);
    // Heard of before the wish only, and offline by its own word.
    let row = check(&[off, wish], StuckCause::Silent, None);
    assert!(row.cause_at.is_some_and(|at| at < row.since));
    let gone = r#"{"reported":{"online":false}}"#;
    check(&[off, wish, gone], StuckCause::Silent, None);
    // A new wish after it was set back was never done.
    let again = [wish, on, off, wish, off];
    check(&again, StuckCause::NotDone, None);
}

#[test]
fn a_wish_of_this_page_that_was_reported_and_set_back_is_found() {
    let mut lamps = Field::new(1);
    let fields = Who::Fields(vec![field(0, "power")]);
    let wish = gnomon::engine::command::Wish::Switch(true);
    let job = lamps.now(fields, BulkWish::Set(wish));
    lamps.until_state(job, &JobState::Done);
    lamps.deaf = [name(0)].into();
    lamps.update(0, r#"{"reported":{"power":false}}"#);
    lamps.run(SECOND * 8);
    assert_eq!(rows(&mut lamps)[0].cause, StuckCause::SetBack);
}

#[test]
fn a_device_that_falls_silent_is_said_to_be_so_since_when() {
    let mut lamps = deaf(1);
    lamps.update(0, r#"{"desired":{"power":1},"reported":{"power":0}}"#);
    lamps.run(SECOND * 8);
    assert_eq!(rows(&mut lamps)[0].cause, StuckCause::NotDone);
    lamps.pair.run_for(SECOND * 60);
    let row = rows(&mut lamps).remove(0);
    assert_eq!(row.cause, StuckCause::Silent);
    assert_eq!(row.cause_at, row.reported_at);
}

/// Six lamps stuck on two keys, each cause but silence, the first one longest.
fn stuck() -> Field {
    let mut lamps = deaf(6);
    for (lamp, state) in [
        r#"{"desired":{"power":true},"reported":{"power":1}}"#,
        r#"{"desired":{"power":false},"reported":{"power":0}}"#,
        r#"{"desired":{"power":true},"reported":{"power":false}}"#,
        r#"{"desired":{"power":true},"reported":{"mode":"eco"}}"#,
        r#"{"desired":{"mode":"boost"},"reported":{"mode":"eco"}}"#,
        r#"{"desired":{"mode":"boost"},"reported":{"mode":"eco","power":true}}"#,
    ]
    .into_iter()
    .enumerate()
    {
        lamps.update(lamp, state);
        lamps.run(SECOND);
    }
    lamps.run(SECOND * 6);
    lamps
}

#[test]
fn the_board_counts_by_key_and_by_cause_and_shows_the_longest_waiting_first() {
    let mut lamps = stuck();
    let view = lamps.board(request());
    assert_eq!((view.stuck, view.total, view.first), (6, 6, 0));
    let key = |key: &str, number: u32| (vec![key.to_owned()], number);
    assert_eq!(view.keys, [key("power", 4), key("mode", 2)]);
    let causes = [
        (StuckCause::NotDone, 3),
        (StuckCause::TypeDiffers, 2),
        (StuckCause::NeverReported, 1),
    ];
    assert_eq!(view.causes, causes);
    let rows = view.stuck_rows.iter();
    let names: Vec<_> = rows.map(|row| row.field.device.clone()).collect();
    assert_eq!(names, (0..6).map(name).collect::<Vec<_>>());

    let some = BoardRequest {
        key: Some(vec!["power".to_owned()]),
        cause: Some(StuckCause::NotDone),
        ..request()
    };
    let view = lamps.board(some);
    assert_eq!((view.stuck, view.total), (6, 1));
    assert_eq!(view.stuck_rows[0].field, field(2, "power"));
    let younger = BoardRequest {
        older_than: 3600,
        ..BoardRequest::default()
    };
    assert_eq!(lamps.board(younger).stuck, 0);
}

#[test]
fn what_is_on_its_way_is_not_stuck() {
    let mut lamps = stuck();
    let who = Who::Fields(vec![field(4, "mode")]);
    let what = BulkWish::Set(gnomon::engine::command::Wish::Value(text("normal")));
    lamps.now(who, what);
    lamps.run(SECOND);
    let coming = BoardRequest {
        tab: BoardTab::OnItsWay,
        ..request()
    };
    let view = lamps.board(coming);
    assert_eq!((view.on_its_way, view.stuck, view.total), (1, 5, 1));
    assert_eq!(view.changes[0].field, field(4, "mode"));
    lamps.run(SECOND * 40);
    let ended = BoardRequest {
        tab: BoardTab::Done,
        ..request()
    };
    let view = lamps.board(ended);
    assert_eq!((view.on_its_way, view.stuck), (0, 6));
    assert_eq!(view.changes[0].field, field(4, "mode"));
}

fn text(text: &str) -> gnomon::engine::frame::ValueView {
    gnomon::engine::frame::ValueView {
        text: text.to_owned(),
        kind: gnomon::engine::frame::ValueKind::Text,
    }
}

/// An answer leaves so many stuck, and its undoing all of them again.
fn check_answer(who: Who, what: &BulkWish, left: u32) {
    let mut lamps = stuck();
    let before = lamps.desired();
    let job = lamps.now(who.clone(), what.clone());
    lamps.until_state(job, &JobState::Done);
    lamps.run(SECOND * 7);
    assert_eq!(lamps.board(request()).stuck, left, "{what:?} for {who:?}");
    lamps.undo(job);
    assert_eq!(lamps.desired(), before, "{what:?} for {who:?}");
    // What was sent back is on its way for a while.
    lamps.run(SECOND * 40);
    assert_eq!(lamps.board(request()).stuck, 6, "{what:?} for {who:?}");
}

#[test]
fn each_answer_solves_it_and_can_be_undone() {
    let one = || Who::Fields(vec![field(0, "power")]);
    let of = |key: Option<&str>, cause| Who::Stuck {
        older_than: OLDER_THAN,
        key: key.map(|key| vec![key.to_owned()]),
        cause,
    };
    for what in [
        BulkWish::AcceptReported,
        BulkWish::Remove,
        BulkWish::OwnForm,
    ] {
        check_answer(one(), &what, 5);
        let types = of(None, Some(StuckCause::TypeDiffers));
        check_answer(types, &what, 4);
    }
    for what in [BulkWish::AcceptReported, BulkWish::Remove] {
        check_answer(of(Some("power"), None), &what, 2);
        check_answer(of(None, Some(StuckCause::NotDone)), &what, 3);
        check_answer(of(None, None), &what, 0);
    }
    // Only two of the four of this key say it in another type.
    check_answer(of(Some("power"), None), &BulkWish::OwnForm, 4);
}
