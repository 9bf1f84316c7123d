//! Measures Usher against the bars it has set itself. `cargo xtask bench` builds what this needs and runs it.

#![recursion_limit = "256"]

mod account;
mod billing;
mod http;
mod memory;
mod pricing;
mod race;
mod report;
mod storm;
mod team;
mod usher;
mod webhooks;

use std::path::Path;

use anyhow::{Result, bail};
use clap::{Parser, Subcommand, ValueEnum};
use domain::ids::UserId;

/// Measures Usher.
#[derive(Parser)]
#[command(args_conflicts_with_subcommands = true)]
struct Bench {
    /// What to measure; everything when nothing is named.
    what: Vec<What>,
    /// Rounds of the race, on both databases and with one and two processes in all.
    #[arg(long, default_value_t = 10_000)]
    rounds: u32,
    /// Only print, and leave docs/benchmarks.md alone. So it is, too, when not everything is measured.
    #[arg(long)]
    no_write: bool,
    #[command(subcommand)]
    part: Option<Part>,
}

#[derive(Subcommand)]
enum Part {
    /// One process of racers, told where to race on its standard input.
    #[command(hide = true)]
    Racers { process: u8, of: u8, owner: String },
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum What {
    Pricing,
    Billing,
    Memory,
    Start,
    Team,
    Storm,
    Race,
    Webhooks,
}

#[tokio::main]
async fn main() -> Result<()> {
    let bench = Bench::parse();
    if let Some(Part::Racers { process, of, owner }) = bench.part {
        return race::racers(process, of, owner.parse::<UserId>()?).await;
    }
    let everything = bench.what.is_empty();
    let mut lines = Vec::new();
    let all = What::value_variants();
    for &what in all {
        if !everything && !bench.what.contains(&what) {
            continue;
        }
        let measured = match what {
            What::Pricing => pricing::measure().await?,
            What::Billing => billing::measure().await?,
            What::Memory => memory::idle().await?,
            What::Start => memory::start().await?,
            What::Team => team::measure().await?,
            What::Storm => storm::measure().await?,
            What::Race => race::measure(bench.rounds).await?,
            What::Webhooks => webhooks::measure().await?,
        };
        for line in measured {
            println!("{} {}: {} ({})", if line.holds { "✓" } else { "✗" }, line.what, line.measured, line.bar);
            lines.push(line);
        }
    }
    if everything && !bench.no_write {
        let docs = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/benchmarks.md");
        report::write(&lines, &docs)?;
    }
    let missed = lines.iter().filter(|line| !line.holds).count();
    if missed > 0 {
        bail!("{missed} bars were missed");
    }
    Ok(())
}
