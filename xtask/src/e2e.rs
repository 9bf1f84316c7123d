//! `cargo xtask e2e`: Usher in a real browser.
//!
//! The site is built as it ships. Playwright's workers each start an Usher of their own, on free ports with an
//! empty database in a temporary folder, and stop it by its process (see `end2end/support/usher.ts`).

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context as _, Result, bail};
use serde_json::Value;

use crate::site::{self, Flavour};
use crate::test::Tally;
use crate::{official, run, steps, tools};

/// Options of `cargo xtask e2e`.
#[derive(clap::Args)]
pub(crate) struct E2e {
    /// The wasm module that builds fast, for work on the tests themselves.
    #[arg(long)]
    quick: bool,
    /// Take pictures of every page into target/screens instead of testing. Works after `--`, too.
    #[arg(long)]
    screens: bool,
    /// More arguments for Playwright: file names, `--grep`, `--project`.
    #[arg(last = true)]
    playwright: Vec<String>,
}

impl E2e {
    pub(crate) fn perform(mut self) -> Result<()> {
        let asked = self.playwright.iter().position(|argument| argument == "--screens");
        if let Some(place) = asked {
            self.playwright.remove(place);
            self.screens = true;
        }
        let flavour = if self.quick { Flavour::Quick } else { Flavour::Release };
        if self.screens {
            self.playwright.push("--project=screens".to_owned());
        }
        official::fresh_recordings()?;
        let tally = browse(flavour, &self.playwright, self.screens)?;
        if self.screens {
            eprintln!("the pictures are in {}", steps::root().join("target/screens").display());
        }
        eprintln!("\n{tally}");
        if tally.failed > 0 {
            bail!("the browser tests failed");
        }
        Ok(())
    }
}

/// Builds what the browser needs, runs Playwright, and counts. An error means that nothing could be counted.
pub(crate) fn browse(flavour: Flavour, arguments: &[String], screens: bool) -> Result<Tally> {
    tools::node_packages()?;
    let chromium = tools::chromium()?;
    site::build(flavour)?;
    let usher = run::server()?;
    let folder = steps::root().join("end2end");
    let results = steps::target().join("e2e");
    fs::create_dir_all(&results)?;
    let report = results.join("report.json");
    if report.exists() {
        fs::remove_file(&report)?;
    }
    let npx = tools::on_path("npx").context("npx is missing: install it beside Node.js")?;
    steps::run(
        "check the types of the browser tests",
        Command::new(&npx).args(["tsc", "--noEmit"]).current_dir(&folder),
    )?;
    let mut playwright = Command::new(npx);
    playwright
        .args(["playwright", "test"])
        .args(arguments)
        .current_dir(&folder)
        .env("USHER_BIN", usher)
        .env("USHER_ROOT", steps::root())
        .env("USHER_CHROMIUM", chromium)
        .env("USHER_RESULTS", &results)
        .env("PLAYWRIGHT_JSON_OUTPUT_NAME", &report)
        .env(official::RECORD, official::recordings());
    if screens {
        playwright.env("USHER_SCREENS", "1");
    }
    let outcome = steps::run("browser tests", &mut playwright);
    let tally = count(&report)?;
    if tally.failed == 0 {
        outcome?;
    }
    Ok(tally)
}

/// Reads Playwright's own count; a test that passed only when repeated has failed.
fn count(report: &PathBuf) -> Result<Tally> {
    let text = fs::read_to_string(report).context("Playwright wrote no report")?;
    let report: Value = serde_json::from_str(&text).context("Playwright's report is not JSON")?;
    let number = |name: &str| report["stats"][name].as_u64().unwrap_or_default();
    let errors = report["errors"].as_array().map_or(0, Vec::len) as u64;
    Ok(Tally {
        passed: number("expected"),
        failed: number("unexpected") + number("flaky") + errors,
        ignored: number("skipped"),
        broken: report["suites"].as_array().into_iter().flatten().flat_map(broken).collect(),
    })
}

/// The tests of a suite, and of the suites in it, that did not pass at the first try.
fn broken(suite: &Value) -> Vec<String> {
    let list = |value: &Value| value.as_array().cloned().unwrap_or_default();
    let mut names = Vec::new();
    for spec in list(&suite["specs"]) {
        for test in list(&spec["tests"]) {
            if matches!(test["status"].as_str(), Some("unexpected" | "flaky")) {
                let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
                names.push(format!(
                    "[{}] {}: {}",
                    text(&test["projectName"]),
                    text(&spec["file"]),
                    text(&spec["title"])
                ));
            }
        }
    }
    names.extend(list(&suite["suites"]).iter().flat_map(broken));
    names
}
