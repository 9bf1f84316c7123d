//! `cargo xtask official`: parts that we did not write hold the sandbox to what Stripe is.
//!
//! Stripe's own Node and Python clients walk one list of scenarios (`end2end/official/scenarios.json`) against a sandbox,
//! and everything that was said, there and in all other tests, is validated against Stripe's OpenAPI document. The Node
//! client also verifies what the sandbox signs, and signs what Usher's tests verify. With `STRIPE_TEST_KEY` the same list is walked against Stripe's test mode; without, it counts as ignored.

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use anyhow::{Context as _, Result, bail};

use crate::test::Tally;
use crate::{steps, tools};

/// Where sandboxes of this run write down what was said: the variable that they read.
pub(crate) const RECORD: &str = "USHER_SANDBOX_RECORD";

/// The folder of this run's recordings, emptied.
pub(crate) fn fresh_recordings() -> Result<PathBuf> {
    let folder = recordings();
    if folder.exists() {
        fs::remove_dir_all(&folder)?;
    }
    fs::create_dir_all(&folder)?;
    Ok(folder)
}

/// Where the recordings of this run stand.
pub(crate) fn recordings() -> PathBuf {
    steps::target().join("recordings")
}

/// The verb by itself: only the clients' recordings are validated.
pub(crate) fn perform() -> Result<()> {
    fresh_recordings()?;
    let tally = hold()?;
    eprintln!("\n{tally}");
    if tally.failed > 0 {
        bail!("the sandbox is not what Stripe is");
    }
    Ok(())
}

/// Walks the scenarios, then validates whatever has been recorded since [`fresh_recordings`].
pub(crate) fn hold() -> Result<Tally> {
    tools::node_packages()?;
    let packages = tools::python_packages()?;
    let mut tally = Tally::default();
    {
        let sandbox = Sandbox::start(&recordings())?;
        for mut walker in walkers(&packages) {
            tally += counted(walker.env("STRIPE_API_BASE", &sandbox.base))?;
        }
        tally += counted(node("signatures.mjs").env("STRIPE_API_BASE", &sandbox.base))?;
    }
    let live = std::env::var_os("STRIPE_TEST_KEY").is_some();
    for mut walker in walkers(&packages) {
        if live {
            tally += counted(walker.env_remove("STRIPE_API_BASE"))?;
        } else {
            tally += Tally { ignored: scenarios()?, ..Tally::default() };
        }
    }
    let mut validate = python(&packages, "openapi.py");
    tally += counted(validate.arg(recordings()))?;
    Ok(tally)
}

fn folder() -> PathBuf {
    steps::root().join("end2end/official")
}

fn walkers(packages: &Path) -> [Command; 2] {
    [node("scenarios.mjs"), python(packages, "scenarios.py")]
}

fn node(script: &str) -> Command {
    let mut node = Command::new("node");
    node.arg(script).current_dir(folder());
    node
}

fn python(packages: &Path, script: &str) -> Command {
    let mut python = Command::new("python3");
    python.arg(script).current_dir(folder()).env("PYTHONPATH", packages).env("PYTHONDONTWRITEBYTECODE", "1");
    python
}

fn scenarios() -> Result<u64> {
    let text = fs::read_to_string(folder().join("scenarios.json"))?;
    let list: serde_json::Value = serde_json::from_str(&text).context("scenarios.json is not JSON")?;
    Ok(list.as_array().map_or(0, Vec::len) as u64)
}

/// Runs a script that closes with "N passed, N failed".
fn counted(command: &mut Command) -> Result<Tally> {
    let name = command.get_args().next().unwrap_or_default().to_string_lossy().into_owned();
    steps::step(&name, || {
        let output = command.stderr(Stdio::inherit()).output().with_context(|| format!("could not start {name}"))?;
        let text = String::from_utf8_lossy(&output.stdout);
        print!("{text}");
        let closing = text.lines().rev().find_map(read_closing);
        let mut tally = closing.with_context(|| format!("{name} ended with {} and counted nothing", output.status))?;
        tally.broken = text.lines().filter_map(|line| read_failure(&name, line)).collect();
        Ok(tally)
    })
}

/// Reads "12 passed, 1 failed".
fn read_closing(line: &str) -> Option<Tally> {
    let (passed, failed) = line.split_once(" passed, ")?;
    let failed = failed.strip_suffix(" failed")?;
    Some(Tally { passed: passed.parse().ok()?, failed: failed.parse().ok()?, ..Tally::default() })
}

/// Reads "✗ what is wrong": the beginning, for the validator names whole lists.
fn read_failure(script: &str, line: &str) -> Option<String> {
    let what = line.trim_start().strip_prefix("✗ ")?;
    Some(format!("{script}: {}", what.chars().take(200).collect::<String>()))
}

/// A sandbox of its own process, gone when dropped.
struct Sandbox {
    child: Child,
    base: String,
}

impl Sandbox {
    fn start(record: &Path) -> Result<Self> {
        steps::run(
            "build the sandbox",
            &mut steps::cargo(&["build", "--package", "sandbox", "--bin", "usher-sandbox"]),
        )?;
        let mut command = Command::new(steps::target().join("debug/usher-sandbox"));
        command.args(["--addr", "127.0.0.1:0", "--fast"]).env(RECORD, record).env("RUST_LOG", "warn");
        let mut child = command.stdout(Stdio::piped()).spawn().context("could not start the sandbox")?;
        let lines = child.stdout.take().context("the sandbox has no output")?;
        let mut said = Self { child, base: String::new() };
        // Both of its lines are read: it must not find the door closed when it says the second.
        for line in BufReader::new(lines).lines().take(2).map_while(Result::ok) {
            let address = line.split_once(" at ").and_then(|(_, rest)| rest.split_whitespace().next());
            if let Some(address) = address.filter(|address| address.starts_with("http://")) {
                address.clone_into(&mut said.base);
            }
        }
        if said.base.is_empty() {
            bail!("the sandbox did not say where it is; start target/debug/usher-sandbox by hand to see why");
        }
        Ok(said)
    }
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        // It may have ended by itself; then there is nothing to stop.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_closing_line_is_read() {
        assert_eq!(read_closing("12 passed, 1 failed"), Some(Tally { passed: 12, failed: 1, ..Tally::default() }));
        assert_eq!(read_closing("✗ a card passed, and failed"), None);
        assert_eq!(read_failure("walk.py", "✗ a card passed").as_deref(), Some("walk.py: a card passed"));
    }
}
