//! The sandbox alone: `usher-sandbox --addr 127.0.0.1:3001 --state var/sandbox.json --webhook-url http://…`.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::Parser;
use sandbox::{Clock, Sandbox, SandboxConfig};

/// A stand-in for Stripe. No real money.
#[derive(Parser)]
#[command(name = "usher-sandbox", version)]
struct Arguments {
    /// Where to listen; port 0 takes a free one.
    #[arg(long, env = "USHER_SANDBOX_ADDR", default_value = "127.0.0.1:3001")]
    addr: SocketAddr,
    /// The file that keeps the state over restarts; without it everything is forgotten at the end.
    #[arg(long)]
    state: Option<PathBuf>,
    /// Where webhooks go.
    #[arg(long)]
    webhook_url: Option<String>,
    /// Retry webhooks within seconds instead of days.
    #[arg(long)]
    fast: bool,
    /// The folder into which every exchange over the API is written.
    #[arg(long, env = sandbox::RECORD_FOLDER)]
    record: Option<PathBuf>,
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let filter = tracing_subscriber::EnvFilter::try_from_default_env().unwrap_or_else(|_| "info,sandbox=debug".into());
    tracing_subscriber::fmt().with_env_filter(filter).init();
    let Arguments { addr, state, webhook_url, fast, record } = Arguments::parse();
    let sandbox =
        Sandbox::start(SandboxConfig { addr, state, webhook_url, fast, record, clock: Clock::wall() }).await?;
    println!("Stripe sandbox at {} (STRIPE_API_BASE)", sandbox.api_base());
    println!("Webhooks are signed with {} (STRIPE_WEBHOOK_SECRET)", sandbox.webhook_secret());
    tokio::signal::ctrl_c().await?;
    sandbox.stop().await;
    Ok(())
}
