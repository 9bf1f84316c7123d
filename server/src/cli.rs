//! The command line.

use clap::{Args, Parser, Subcommand};

/// Accounts, seats and billing for one software company.
///
/// Configured by environment variables and a file `.env` in the current folder; `.env.example` explains each.
#[derive(Debug, Parser)]
#[command(name = "usher", version, arg_required_else_help = true)]
pub struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// What `usher` can do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Serve the pages and do the work behind them
    Serve(Parts),
    /// Bring the database to the shape that this version needs
    Migrate,
    /// Create a demo company and print its login (development only)
    Demo,
}

/// Which parts of the server run in this process: both, unless one is named.
#[derive(Args, Clone, Copy, Debug, Default)]
pub struct Parts {
    /// Only pages and webhooks; another process must run with --worker-only
    #[arg(long, conflicts_with = "worker_only")]
    pub web_only: bool,
    /// Only the work behind the pages: webhooks that were stored, letters, seat changes
    #[arg(long)]
    pub worker_only: bool,
}

impl Parts {
    /// Whether pages are served here.
    #[must_use]
    pub const fn web(self) -> bool {
        !self.worker_only
    }

    /// Whether the work is done here.
    #[must_use]
    pub const fn worker(self) -> bool {
        !self.web_only
    }
}
