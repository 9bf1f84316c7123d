//! `cargo xtask soak`: many random lives of organizations, each of which must end with the provider's books.
//!
//! The lives are those of `server/tests/convergence.rs`, of which `cargo xtask test` lives a few.

use anyhow::{Result, bail};

use crate::{steps, tools};

/// Options of `cargo xtask soak`.
#[derive(clap::Args)]
pub(crate) struct Soak {
    /// How many lives.
    #[arg(long, default_value_t = 10_000)]
    seeds: u64,
    /// The seed of the first one; the others follow it.
    #[arg(long, default_value_t = 1)]
    from: u64,
    /// Without optimization: builds sooner and lives longer.
    #[arg(long)]
    quick: bool,
}

impl Soak {
    pub(crate) fn perform(self) -> Result<()> {
        let Some(until) = self.from.checked_add(self.seeds) else { bail!("there are no seeds that high") };
        tools::postgresql()?;
        let mut command = steps::cargo(&["test", "--package", "server", "--test", "convergence"]);
        if !self.quick {
            command.arg("--release");
        }
        command
            .args(["every_life", "--", "--nocapture"])
            .env("USHER_TEST_SEEDS", format!("{}..{until}", self.from))
            .env_remove("USHER_TEST_SEED");
        steps::run(&format!("{} lives from seed {}", self.seeds, self.from), &mut command)
    }
}
