//! `docs/benchmarks.md`: what was measured, against which bar, how, and on what machine.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context as _, Result};

/// One measurement.
pub struct Line {
    /// Of what.
    pub what: String,
    /// What it must be.
    pub bar: String,
    /// What it is.
    pub measured: String,
    /// Whether that is good enough.
    pub holds: bool,
    /// How it was measured.
    pub how: String,
}

/// The middle of the values; sorts them. Of an even number, the upper of the two.
pub fn median(values: &mut [f64]) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}

/// Writes the document.
pub fn write(lines: &[Line], file: &Path) -> Result<()> {
    let mut text = String::from(
        "# Benchmarks\n\n\
         Written by `cargo xtask bench`, which builds the release binary with its assets inside (`cargo xtask dist`) and \
         measures it. Numbers of different machines do not compare; ratios are taken within one run. One measurement \
         alone: `cargo xtask bench -- pricing` (or `billing`, `memory`, `start`, `team`, `storm`, `race`, `webhooks`).\n\n\
         | what | bar | measured | holds |\n|---|---|---|---|\n",
    );
    for line in lines {
        let holds = if line.holds { "yes" } else { "**no**" };
        writeln!(text, "| {} | {} | {} | {holds} |", line.what, line.bar, line.measured)?;
    }
    text.push_str("\n## How\n\n");
    for line in lines {
        writeln!(text, "- {}: {}.", line.what, line.how)?;
    }
    writeln!(text, "\n## The machine\n\n{}", machine())?;
    fs::write(file, text).with_context(|| format!("could not write {}", file.display()))
}

/// Processor, memory, system and compiler, as far as the system tells.
fn machine() -> String {
    let read = |path: &str| fs::read_to_string(path).unwrap_or_default();
    let field = |text: &str, name: &str| {
        text.lines()
            .find(|line| line.starts_with(name))
            .and_then(|line| line.split_once(':'))
            .map_or_else(|| "unknown".to_owned(), |(_, value)| value.trim().to_owned())
    };
    let processor = field(&read("/proc/cpuinfo"), "model name");
    let cores = std::thread::available_parallelism().map_or(0, std::num::NonZero::get);
    let kilobytes: u64 = field(&read("/proc/meminfo"), "MemTotal").trim_end_matches("kB").trim().parse().unwrap_or(0);
    let system = read("/etc/os-release");
    let system = system.lines().find_map(|line| line.strip_prefix("PRETTY_NAME=")).unwrap_or("unknown system");
    let rustc = Command::new("rustc").arg("--version").output();
    let rustc = rustc.map(|output| String::from_utf8_lossy(&output.stdout).trim().to_owned()).unwrap_or_default();
    format!(
        "{cores} cores of {processor}, {} GB of memory, {}, {rustc}.",
        kilobytes.div_ceil(1_000_000),
        system.trim_matches('"')
    )
}
