//! `cargo xtask bench`: measures the release binary and writes `docs/benchmarks.md`.

use anyhow::Result;

use crate::{dist, steps, tools};

/// Options of `cargo xtask bench`.
#[derive(clap::Args)]
pub(crate) struct Bench {
    /// What follows `--` goes to the benchmark program: names of measurements, `--rounds`, `--no-write`.
    #[arg(last = true)]
    arguments: Vec<String>,
}

impl Bench {
    pub(crate) fn perform(self) -> Result<()> {
        tools::postgresql()?;
        let usher = dist::build()?;
        steps::run("compile the benchmarks", &mut steps::cargo(&["build", "--release", "--package", "benches"]))?;
        let mut measure = std::process::Command::new(steps::target().join("release/usher-bench"));
        measure.args(&self.arguments).env("USHER_BIN", usher).current_dir(steps::root());
        steps::run("measure", &mut measure)
    }
}
