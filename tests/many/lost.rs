//! The link is lost in the middle of every stage and of the undoing, in every way.

use std::time::Duration;

use gnomon::engine::command::BulkCommand;
use gnomon::engine::frame::JobState;

use super::field::{Field, SECOND};
use crate::pair::line::Break;

const LAMPS: usize = 60;

#[test]
fn a_link_that_is_lost_in_any_stage_changes_nothing_of_the_end() {
    for how in Break::ALL {
        for (stage, latency) in [(0, 5), (1, 5), (2, 5), (0, 300), (1, 300), (2, 300)] {
            let what = format!("{how:?} in stage {stage} at {latency} ms");
            let mut lamps = Field::new(LAMPS);
            lamps.pair.latency = Duration::from_millis(latency);
            let id = lamps.start(2);
            lamps.until(&what, |it| {
                let stage = it.job(id).stages[stage];
                stage.waiting < stage.devices
            });
            lamps.pair.break_off(how);
            lamps.until_state(id, &JobState::Done);
            assert!((0..LAMPS).all(|lamp| lamps.is_on(lamp)), "{what}");
            let wishes = lamps.wishes();
            assert_eq!(wishes.len(), LAMPS * 4 / 5, "{what}");
            assert!(wishes.values().all(|it| *it == 1), "{what}: {wishes:?}");
            // What was reported while nobody listened is heard of later.
            lamps.until(&what, |it| {
                let job = it.job(id);
                let reported: u32 = job.stages.iter().map(|stage| stage.reported).sum();
                reported == job.will_change
            });
        }
    }
}

#[test]
fn a_link_that_is_lost_in_the_undoing_changes_nothing_of_the_end() {
    for how in Break::ALL {
        for (begun, latency) in [(2, 5), (20, 5), (2, 300), (20, 300)] {
            let what = format!("{how:?} after {begun} at {latency} ms");
            let mut lamps = Field::new(LAMPS);
            let captured = lamps.desired();
            let id = lamps.start(2);
            lamps.until_state(id, &JobState::Done);
            lamps.pair.latency = Duration::from_millis(latency);
            lamps.bulk(BulkCommand::Undo(id));
            let undoing = lamps.jobs()[0].id;
            lamps.until(&what, |it| {
                let stage = it.job(undoing).stages[0];
                stage.devices - stage.waiting >= begun
            });
            lamps.pair.break_off(how);
            lamps.until_state(undoing, &JobState::Done);
            assert_eq!(lamps.desired(), captured, "{what}");
            let wishes = lamps.wishes();
            assert!(wishes.values().all(|it| *it == 2), "{what}: {wishes:?}");
        }
    }
}

#[test]
fn a_job_that_is_undone_while_the_link_is_away_ends_as_it_began() {
    for how in Break::ALL {
        let mut lamps = Field::new(LAMPS);
        let captured = lamps.desired();
        lamps.pair.latency = Duration::from_millis(100);
        let id = lamps.start(2);
        lamps.until("last stage", |it| it.job(id).stages[2].sent > 5);
        lamps.pair.break_off(how);
        lamps.run(Duration::from_millis(40));
        lamps.undo(id);
        lamps.run(SECOND * 5);
        assert_eq!(lamps.desired(), captured, "{how:?}");
    }
}
