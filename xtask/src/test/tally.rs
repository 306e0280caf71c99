//! How many tests passed and failed, read from what the runners print.

use std::fmt;
use std::ops::AddAssign;

#[derive(Clone, Copy, Default, PartialEq, Eq, Debug)]
pub(super) struct Tally {
    pub(super) passed: u32,
    pub(super) failed: u32,
}

impl Tally {
    pub(super) const PASSED: Self = Self {
        passed: 1,
        failed: 0,
    };
    pub(super) const FAILED: Self = Self {
        passed: 0,
        failed: 1,
    };

    /// The sum of the summaries in the output of a test runner: `cargo test` and wasm-bindgen's
    /// (`test result: ok. 3 passed; 0 failed; …`) or Playwright's (`  3 passed (2.1s)`).
    pub(super) fn read(output: &str) -> Self {
        let mut tally = Self::default();
        for line in output.lines() {
            let counts = line
                .trim()
                .strip_prefix("test result:")
                .map_or(line, |rest| {
                    rest.split_once(". ").map_or(rest, |(_, counts)| counts)
                });
            for count in counts.split(';') {
                tally.add(count);
            }
        }
        tally
    }

    fn add(&mut self, count: &str) {
        let mut words = count.split_whitespace();
        let (Some(number), Some(word)) = (words.next(), words.next()) else {
            return;
        };
        let Ok(number) = number.parse::<u32>() else {
            return;
        };
        // Only a time in parentheses may follow: everything else is prose.
        if words.next().is_some_and(|more| !more.starts_with('(')) {
            return;
        }
        match word {
            "passed" | "flaky" => self.passed += number,
            "failed" | "interrupted" => self.failed += number,
            _ => {}
        }
    }

    /// The same after its runner failed: a runner that never came to count has failed as one.
    pub(super) fn of_failed_run(self) -> Self {
        Self {
            failed: self.failed.max(1),
            ..self
        }
    }
}

impl AddAssign for Tally {
    fn add_assign(&mut self, other: Self) {
        self.passed += other.passed;
        self.failed += other.failed;
    }
}

/// The line that CI reads.
impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} passed, {} failed", self.passed, self.failed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(output: &str, passed: u32, failed: u32) {
        assert_eq!(Tally::read(output), Tally { passed, failed });
    }

    #[test]
    fn cargo_s_summaries_add_up() {
        check(
            "running 3 tests\ntest a ... ok\n\
             test result: ok. 3 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.01s\n\
             test result: FAILED. 4 passed; 2 failed; 0 ignored; 0 measured; 0 filtered out; finished in 1s\n",
            7,
            2,
        );
    }

    #[test]
    fn playwright_s_summary_is_read() {
        check(
            "  1 failed\n    [chromium] › a.spec.mjs:3:1 › moves\n  1 flaky\n  2 skipped\n  12 passed (30.1s)\n",
            13,
            1,
        );
    }

    #[test]
    fn prose_with_numbers_is_no_summary() {
        check("3 passed the bridge\n12 tests failed\nok 4\n5\n", 0, 0);
    }

    #[test]
    fn a_runner_that_never_counted_failed_as_one() {
        assert_eq!(
            Tally::read("error: could not compile").of_failed_run(),
            Tally::FAILED
        );
        assert_eq!(
            Tally {
                passed: 3,
                failed: 2
            }
            .of_failed_run(),
            Tally {
                passed: 3,
                failed: 2
            }
        );
    }

    #[test]
    fn the_closing_line_is_the_one_that_ci_reads() {
        assert_eq!(
            Tally {
                passed: 12,
                failed: 0
            }
            .to_string(),
            "12 passed, 0 failed"
        );
    }
}
