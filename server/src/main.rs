//! The usher binary.

use std::path::Path;
use std::process::ExitCode;

use clap::Parser as _;
use server::cli::{Cli, Command};
use server::config::{Config, Source};
use server::{audit, demo, migrate, organization, plan, serve, stripe, telemetry};

fn main() -> ExitCode {
    let cli = Cli::parse();
    match run(&cli) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(cli: &Cli) -> anyhow::Result<()> {
    let config = Config::read(&Source::load(Path::new(".env"))?)?;
    telemetry::start(&config)?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(async {
        match &cli.command {
            Command::Serve(parts) => serve::serve(&config, *parts).await,
            Command::Migrate => migrate::migrate(&config).await,
            Command::Demo => demo::demo(&config).await,
            Command::Audit(deed) => audit::audit(&config, deed).await,
            Command::Organization(deed) => organization::organization(&config, deed).await,
            Command::Stripe(deed) => stripe::stripe(&config, deed).await,
            Command::Plan(deed) => plan::plan(&config, deed).await,
        }
    })
}
