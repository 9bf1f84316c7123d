//! `cargo xtask test`: everything, and one closing line that says how many.

use std::fmt;
use std::io::{BufRead as _, BufReader, Write as _};
use std::ops::AddAssign;
use std::process::Stdio;

use anyhow::{Context as _, Result, bail};

use crate::site::Flavour;
use crate::{check, e2e, official, steps, tools};

/// How many tests went how.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Tally {
    /// Tests that passed.
    pub(crate) passed: u64,
    /// Tests that failed, and steps that failed as a whole.
    pub(crate) failed: u64,
    /// Tests that say themselves that they did not run.
    pub(crate) ignored: u64,
    /// What the failed ones are called, so that the last lines of a long run say where to look.
    pub(crate) broken: Vec<String>,
}

impl AddAssign for Tally {
    fn add_assign(&mut self, other: Self) {
        self.passed += other.passed;
        self.failed += other.failed;
        self.ignored += other.ignored;
        self.broken.extend(other.broken);
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} passed, {} failed", self.passed, self.failed)
    }
}

/// Does all of it even when an early part fails, so that one run tells everything.
pub(crate) fn perform() -> Result<()> {
    official::fresh_recordings()?;
    let mut all = Tally::default();
    let mut broken = Vec::new();
    for (name, part) in [
        ("check", (|| check::perform().map(|()| Tally::default())) as fn() -> Result<Tally>),
        ("cargo test", cargo_test),
        ("browser tests", || e2e::browse(Flavour::Release, &[], false)),
        // Last, because it also looks at what all the others have said to their sandboxes.
        ("official parts", official::hold),
    ] {
        match part() {
            Ok(tally) => {
                if tally.failed > 0 {
                    broken.push(format!("{name}: {tally}"));
                    broken.extend(tally.broken.iter().map(|test| format!("  {test}")));
                }
                all += tally;
            }
            Err(error) => {
                all.failed += 1;
                broken.push(format!("{name}: {error:#}"));
            }
        }
    }
    eprintln!();
    for line in &broken {
        eprintln!("✗ {line}");
    }
    if all.ignored > 0 {
        eprintln!("{} ignored: they need what this machine has not, and say so", all.ignored);
    }
    println!("{all}");
    std::io::stdout().flush()?;
    if all.failed > 0 {
        bail!("not everything passed");
    }
    Ok(())
}

/// Every crate but the browser's half, on SQLite and on the PostgreSQL that the tests start themselves.
///
/// The workshop goes by itself: together with the others, its dependencies would ask for other features of the crates
/// that all share, and everything would be compiled once more than for `run`.
fn cargo_test() -> Result<Tally> {
    tools::postgresql()?;
    // The mail server of the tests is one of them.
    tools::node_packages()?;
    let mut tally = Tally::default();
    for selection in [&["--workspace", "--exclude", "frontend", "--exclude", "xtask"][..], &["--package", "xtask"]] {
        tally += steps::step("cargo test", || counted(selection))?;
    }
    Ok(tally)
}

fn counted(selection: &[&str]) -> Result<Tally> {
    let mut command = steps::cargo(&["test", "--no-fail-fast"]);
    command.args(selection).env(official::RECORD, official::recordings());
    let mut child = command.stdout(Stdio::piped()).spawn().context("could not start cargo")?;
    let lines = child.stdout.take().context("cargo has no output")?;
    let mut tally = Tally::default();
    for line in BufReader::new(lines).lines() {
        let line = line?;
        println!("{line}");
        tally += read_result(&line).unwrap_or_default();
        tally.broken.extend(read_failure(&line));
    }
    let status = child.wait()?;
    if !status.success() && tally.failed == 0 {
        bail!("cargo test ended with {status}");
    }
    Ok(tally)
}

/// Reads "test result: ok. 12 passed; 0 failed; 3 ignored; 0 measured; …".
fn read_result(line: &str) -> Option<Tally> {
    let counts = line.strip_prefix("test result: ")?.split_once(". ")?.1;
    let mut tally = Tally::default();
    for part in counts.split("; ") {
        let (number, what) = part.trim().split_once(' ')?;
        match what {
            "passed" => tally.passed = number.parse().ok()?,
            "failed" => tally.failed = number.parse().ok()?,
            "ignored" => tally.ignored = number.parse().ok()?,
            _ => {}
        }
    }
    Some(tally)
}

/// Reads `test catalog::tests::a_price ... FAILED`.
fn read_failure(line: &str) -> Option<String> {
    Some(line.strip_prefix("test ")?.strip_suffix(" ... FAILED")?.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sum_of_a_test_binary_is_read() {
        let line = "test result: ok. 12 passed; 1 failed; 3 ignored; 0 measured; 0 filtered out; finished in 0.00s";
        assert_eq!(read_result(line), Some(Tally { passed: 12, failed: 1, ignored: 3, broken: vec![] }));
        assert_eq!(read_result("test result of something else"), None);
        assert_eq!(read_result("test catalog::tests::a_price ... ok"), None);
    }

    #[test]
    fn a_failed_test_is_read_by_its_name() {
        assert_eq!(read_failure("test plan::a_price ... FAILED").as_deref(), Some("plan::a_price"));
        assert_eq!(read_failure("test plan::a_price ... ok"), None);
    }

    #[test]
    fn the_closing_line_is_plain() {
        let tally = Tally { passed: 7, ignored: 2, ..Tally::default() };
        assert_eq!(tally.to_string(), "7 passed, 0 failed");
    }
}
