//! The command line.

use clap::{Args, Parser, Subcommand};
use domain::Slug;
use domain::view::AuditHead;

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
    /// Look whether the audit logs still are what was written
    #[command(subcommand)]
    Audit(Audit),
    /// Close a company to its members, or open it again
    #[command(subcommand)]
    Organization(Organization),
    /// Look at the plans as they were sold
    #[command(subcommand)]
    Plan(Plan),
}

/// What can be done with plans.
#[derive(Debug, Subcommand)]
pub enum Plan {
    /// List every version that was ever sold, with how many have it
    Versions,
}

/// What can be done with audit logs from outside.
#[derive(Debug, Subcommand)]
pub enum Audit {
    /// Walk along the chain of each log; say the first line that is not what was written, and fail
    Verify {
        /// Only this company's: the part of its address after /app/
        #[arg(value_parser = crate::audit::slug)]
        slug: Option<Slug>,
        /// A number and hash that an earlier run has printed; the log must still contain it
        #[arg(long, value_name = "NUMBER:HASH", requires = "slug", value_parser = crate::audit::noted)]
        noted: Option<AuditHead>,
    },
}

/// What can be done with a company from outside.
#[derive(Debug, Subcommand)]
pub enum Organization {
    /// Nobody gets in, and members are told why; nothing is lost, and what it pays for goes on
    Suspend {
        /// The part of its address after /app/
        slug: String,
        /// One sentence for its members
        #[arg(long)]
        reason: String,
    },
    /// Open it again
    Resume {
        /// The part of its address after /app/
        slug: String,
    },
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
