//! The command line.

use clap::{Args, Parser, Subcommand, ValueEnum};
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
    /// Set up Stripe, look whether it is set up well, and keep what Usher knows of it true
    #[command(subcommand)]
    Stripe(Stripe),
    /// Look at the plans as they were sold, and move who has them
    #[command(subcommand)]
    Plan(Plan),
}

/// What can be done with plans.
#[derive(Debug, Subcommand)]
pub enum Plan {
    /// List every version that was ever sold, with how many have it
    Versions,
    /// Move subscribers to what is sold today: shows what it does to each, asks, and does it
    Move(PlanMove),
}

/// Whom to move, and where.
#[derive(Args, Debug)]
pub struct PlanMove {
    /// The plan that they have, or one version of it
    #[arg(long, value_name = "PLAN[@VERSION]")]
    pub from: String,
    /// The plan that they get, as it is sold today; without it, the successor that the catalogue names
    #[arg(long, value_name = "PLAN")]
    pub to: Option<String>,
    /// Only this company: the part of its address after /app/
    #[arg(long, value_parser = crate::audit::slug)]
    pub organization: Option<Slug>,
    /// Show what it would do; change nothing
    #[arg(long)]
    pub dry_run: bool,
    /// Do not ask
    #[arg(long, conflicts_with = "dry_run")]
    pub yes: bool,
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

/// What can be done about Stripe.
#[derive(Debug, Subcommand)]
pub enum Stripe {
    /// Show what has to be changed at Stripe so that it is what the catalogue says
    Sync {
        /// Change it
        #[arg(long)]
        apply: bool,
    },
    /// Look for what is wrong at Stripe; fail if something must be mended
    Doctor {
        /// For programs
        #[arg(long)]
        json: bool,
    },
    /// Hold members, seats, mirror, subscriptions and invoices against each other, and put right what can be
    Reconcile {
        /// Find and tell; change nothing
        #[arg(long)]
        dry_run: bool,
        /// Only this company: the part of its address after /app/
        #[arg(long, value_parser = crate::audit::slug)]
        organization: Option<Slug>,
        /// For programs
        #[arg(long)]
        json: bool,
    },
    /// What Stripe has told, and what became of it
    #[command(subcommand)]
    Inbox(Inbox),
}

/// What can be done with the webhooks that came in.
#[derive(Debug, Subcommand)]
pub enum Inbox {
    /// How the inbox is, and its latest webhooks
    List {
        /// Only these
        #[arg(long, value_enum, default_value_t = State::All)]
        state: State,
        /// At most so many
        #[arg(long, default_value_t = 20)]
        limit: u32,
    },
    /// One webhook with its body
    Show {
        /// evt_…
        id: String,
    },
    /// Let webhooks be worked on again that were put aside or wait for their customer
    Replay {
        /// evt_…
        #[arg(required_unless_present_any = ["dead", "parked"])]
        ids: Vec<String>,
        /// All that were put aside
        #[arg(long)]
        dead: bool,
        /// All that wait for their customer
        #[arg(long)]
        parked: bool,
    },
    /// Say that nothing is to be done about these webhooks
    Drop {
        /// evt_…
        #[arg(required = true)]
        ids: Vec<String>,
    },
}

/// Which webhooks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum State {
    /// All of them
    All,
    /// Still to be worked on
    Waiting,
    /// About a customer that is not known
    Parked,
    /// Put aside after too many tries
    Dead,
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
