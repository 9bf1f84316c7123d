//! `cargo xtask run`: from a fresh clone to a page in the browser.

use std::os::unix::process::CommandExt as _;
use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context as _, Result};

use crate::site::{self, Flavour};
use crate::steps;

/// Options of `cargo xtask run`.
#[derive(clap::Args)]
pub(crate) struct Run {
    /// The small wasm module that ships, instead of the one that builds fast.
    #[arg(long)]
    release: bool,
    /// Leave the database as it is: no demo company.
    #[arg(long)]
    no_demo: bool,
    /// More arguments for `usher serve`.
    #[arg(last = true)]
    serve: Vec<String>,
}

impl Run {
    pub(crate) fn perform(self) -> Result<()> {
        site::build(if self.release { Flavour::Release } else { Flavour::Quick })?;
        let usher = server()?;
        if !self.no_demo {
            steps::run("put the demo company in place", Command::new(&usher).arg("demo").current_dir(steps::root()))?;
        }
        // `usher serve` says where it is and how to sign in, once it is there.
        eprintln!("▸ serve; Ctrl-C stops Usher and its Stripe sandbox");
        // Becoming the server, instead of waiting for it: whatever stops this process stops Usher, nothing is left.
        let error = Command::new(&usher).arg("serve").args(&self.serve).current_dir(steps::root()).exec();
        Err(error).with_context(|| format!("could not start {}", usher.display()))
    }
}

/// Builds the server as developers run it; answers where it stands.
pub(crate) fn server() -> Result<PathBuf> {
    steps::run("compile the server", &mut steps::cargo(&["build", "--package", "server"]))?;
    Ok(steps::target().join("debug/usher"))
}
