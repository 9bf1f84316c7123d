//! The workshop: `cargo xtask run`, `test`, `check`, `e2e`, `official`, `soak`, `bench`, `dist`.
//!
//! One file per verb. `site.rs` makes what the browser loads, `tools.rs` installs what a verb needs,
//! `steps.rs` says on the terminal what is going on and how long it took.

mod arrows;
mod bench;
mod check;
mod compress;
mod dist;
mod e2e;
mod house;
mod official;
mod run;
mod site;
mod soak;
mod steps;
mod test;
mod tools;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// The workshop of Usher.
#[derive(Parser)]
#[command(bin_name = "cargo xtask")]
struct Xtask {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Subcommand)]
enum Verb {
    /// Build everything and serve it with the Stripe sandbox beside it; Ctrl-C stops both.
    Run(run::Run),
    /// Check, test on both databases, test in the browser; ends with "N passed, N failed".
    Test,
    /// Formatting, clippy for server and browser, the arrows between crates, documents, house rules.
    Check,
    /// The browser tests; what follows `--` goes to Playwright (`--screens` only takes pictures).
    E2e(e2e::E2e),
    /// Stripe's own clients and its OpenAPI document hold the sandbox to what Stripe is.
    Official,
    /// Random lives of organizations by the thousand, each of which must end with the provider's books.
    Soak(soak::Soak),
    /// Measure speed and memory and write docs/benchmarks.md.
    Bench(bench::Bench),
    /// One release binary with its assets inside.
    Dist,
}

fn main() -> ExitCode {
    let result = match Xtask::parse().verb {
        Verb::Run(run) => run.perform(),
        Verb::Test => test::perform(),
        Verb::Check => check::perform(),
        Verb::E2e(e2e) => e2e.perform(),
        Verb::Official => official::perform(),
        Verb::Soak(soak) => soak.perform(),
        Verb::Bench(bench) => bench.perform(),
        Verb::Dist => dist::perform(),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("\n✗ {error:#}");
            ExitCode::FAILURE
        }
    }
}
