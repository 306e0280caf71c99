//! `cargo xtask test`: everything that CI runs. Each step is independent where it can be, and the
//! closing line counts every test of every runner, and each other step as one.

mod size;
mod steps;
mod tally;

use crate::failure::Failure;
use crate::setup;
use steps::{Outcome, Step};

pub(crate) fn run(names: &[&str]) -> Result<(), Failure> {
    let chosen = chosen(names)?;
    let needs: Vec<setup::Need> = chosen
        .iter()
        .flat_map(|step| step.needs())
        .copied()
        .collect();
    let toolchain = setup::ensure(&needs)?;

    let mut outcome = Outcome::default();
    for &step in &chosen {
        step.run(toolchain, &mut outcome)?;
    }
    let mut failed: Vec<String> = outcome
        .failures
        .iter()
        .map(|(step, _)| step.to_string())
        .collect();
    failed.dedup();
    if !failed.is_empty() {
        println!(
            "Again, only what failed: cargo xtask test {}",
            failed.join(" ")
        );
    }
    println!("{}", outcome.tally);
    if failed.is_empty() {
        Ok(())
    } else {
        Err(Failure::Tests)
    }
}

/// The steps named, in the order in which they run; all of them when none is.
fn chosen(names: &[&str]) -> Result<Vec<Step>, Failure> {
    if names.is_empty() {
        return Ok(Step::ALL.to_vec());
    }
    let known: Vec<String> = Step::ALL.iter().map(ToString::to_string).collect();
    if let Some(unknown) = names
        .iter()
        .find(|name| !known.iter().any(|known| known == **name))
    {
        let message = format!("There is no step {unknown}; there are: {}", known.join(" "));
        return Err(Failure::Message(message));
    }
    let is_named = |step: &Step| names.contains(&step.to_string().as_str());
    Ok(Step::ALL.iter().copied().filter(is_named).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_name_means_all_steps() {
        assert_eq!(chosen(&[]).unwrap(), Step::ALL);
    }

    #[test]
    fn named_steps_run_in_their_own_order() {
        assert_eq!(chosen(&["e2e", "fmt"]).unwrap(), [Step::Fmt, Step::E2e]);
    }

    #[test]
    fn an_unknown_step_is_refused_with_the_known_ones() {
        let failure = chosen(&["fmt", "lint"]).unwrap_err().to_string();
        assert_eq!(
            failure,
            "There is no step lint; there are: fmt clippy native web build e2e doc deny"
        );
    }
}
