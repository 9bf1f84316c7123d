//! What the environment says: read once, checked whole, told back in sentences that name the remedy.
//!
//! A value that may be or contain a secret is never shown: neither in a problem nor in `Debug`.

mod problem;
mod secret;
mod source;
#[cfg(test)]
mod tests;

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use domain::rollout::RolloutError;
use domain::{Catalog, Rollout, Timestamp};
use url::Url;

pub use problem::{Problem, Problems};
pub use secret::Secret;
pub use source::Source;

/// Where Stripe's API is.
const STRIPE: &str = "https://api.stripe.com/";

/// Everything that can be set.
#[derive(Debug)]
pub struct Config {
    /// Development or production.
    pub mode: Mode,
    /// Where pages are served; port 0: any free one.
    pub addr: SocketAddr,
    /// How browsers call this place, without a slash at the end; `None`: by `addr`.
    pub public_url: Option<String>,
    /// `sqlite://…` or `postgres://…`; the latter holds a password.
    pub database_url: Secret,
    /// The plans.
    pub catalog: Catalog,
    /// Where the sandbox listens, if it is needed.
    pub sandbox_addr: SocketAddr,
    /// Where letters go out; `None`: into the development mailbox.
    pub smtp_url: Option<Secret>,
    /// Who else may vouch for the mail server's certificate, in PEM; `None`: only the web's authorities.
    pub smtp_ca: Option<Vec<u8>>,
    /// Who letters come from, `Usher <usher@example.com>`; `None`: `usher@` and the public host.
    pub mail_from: Option<String>,
    /// Stripe; `None` (development only): the sandbox.
    pub stripe: Option<StripeAccess>,
    /// Where money is to be paid out: a bank's name, or the last four digits of the account. For `usher stripe doctor`.
    pub payout_bank: Option<String>,
    /// For whom billing says no.
    pub rollout: Rollout,
    /// Whether answers say how long they took.
    pub server_timing: bool,
    /// Whether each organization also has a host of its own.
    pub tenant_hosts: bool,
    /// The name server that is asked about domains; `None`: those of this machine.
    pub dns: Option<SocketAddr>,
    /// How long a change of the billed seats waits for others to become one with it.
    pub seat_debounce: Duration,
    /// How many proxies stand in front and add to `X-Forwarded-For`.
    pub proxies: usize,
    /// How long a late payment stops nothing but growth.
    pub grace: Duration,
    /// How far the clock is ahead of the machine's, to see what time brings. Development only.
    pub clock_ahead: Duration,
    /// What is logged, in `RUST_LOG`'s words.
    pub log: String,
}

/// What kind of place this is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// A developer's machine: sandbox, mailbox, loose.
    Development,
    /// Real customers.
    Production,
}

/// How to reach Stripe.
#[derive(Clone, Debug)]
pub struct StripeAccess {
    /// `sk_…`.
    pub secret_key: Secret,
    /// `whsec_…`; two while one is rolled.
    pub webhook_secrets: Vec<Secret>,
    /// Ends with a slash.
    pub api_base: String,
    /// Whether the key moves real money.
    pub livemode: bool,
}

impl Config {
    /// Reads and checks everything. All problems are found, not only the first.
    pub fn read(source: &Source) -> Result<Self, Problems> {
        let mut problems = Vec::new();
        let mode = or_note(mode(source), Mode::Development, &mut problems);
        let production = mode == Mode::Production;
        let nowhere = SocketAddr::from(([127, 0, 0, 1], 0));
        let addr = or_note(address(source, "USHER_ADDR", "127.0.0.1:3000"), nowhere, &mut problems);
        let sandbox_addr = or_note(address(source, "USHER_SANDBOX_ADDR", "127.0.0.1:3001"), nowhere, &mut problems);
        let public_url = or_note(public_url(source, production), None, &mut problems);
        let database_url = or_note(database_url(source), Secret::default(), &mut problems);
        let smtp_url = or_note(smtp_url(source), None, &mut problems);
        let smtp_ca = or_note(smtp_ca(source), None, &mut problems);
        let stripe = or_note(stripe(source, production), None, &mut problems);
        let rollout = or_note(rollout(source), Rollout::default(), &mut problems);
        let tenant_hosts = or_note(tenant_hosts(source, public_url.as_deref()), false, &mut problems);
        let dns = or_note(dns(source), None, &mut problems);
        let proxies = or_note(proxies(source), 0, &mut problems);
        let seat_debounce = or_note(seat_debounce(source, production), Duration::ZERO, &mut problems);
        let grace = or_note(grace(source), Duration::ZERO, &mut problems);
        let clock_ahead = or_note(clock_ahead(source, production), Duration::ZERO, &mut problems);
        let catalog = catalog(source).map_err(|problem| problems.push(problem)).ok();
        match catalog {
            Some(catalog) if problems.is_empty() => Ok(Self {
                mode,
                addr,
                public_url,
                database_url,
                catalog,
                sandbox_addr,
                smtp_url,
                smtp_ca,
                mail_from: source.get("USHER_MAIL_FROM"),
                stripe,
                payout_bank: source.get("USHER_PAYOUT_BANK"),
                rollout,
                server_timing: !production || source.get("USHER_SERVER_TIMING").as_deref() == Some("1"),
                tenant_hosts,
                dns,
                proxies,
                seat_debounce,
                grace,
                clock_ahead,
                log: source.get("RUST_LOG").unwrap_or_else(|| "info".to_owned()),
            }),
            _ => Err(Problems(problems)),
        }
    }

    /// Whether this is a developer's machine.
    #[must_use]
    pub fn development(&self) -> bool {
        self.mode == Mode::Development
    }
}

/// The value, or the stand-in after noting the problem: nothing starts once one is noted.
fn or_note<T>(read: Result<T, Problem>, stand_in: T, problems: &mut Vec<Problem>) -> T {
    read.unwrap_or_else(|problem| {
        problems.push(problem);
        stand_in
    })
}

fn mode(source: &Source) -> Result<Mode, Problem> {
    match source.get("USHER_ENV").as_deref() {
        None | Some("development") => Ok(Mode::Development),
        Some("production") => Ok(Mode::Production),
        Some(other) => Err(Problem::new(
            "USHER_ENV",
            format!("\u{201c}{other}\u{201d} is neither \u{201c}development\u{201d} nor \u{201c}production\u{201d}"),
            "Set it to one of the two, or leave it out for development.",
        )),
    }
}

fn address(source: &Source, name: &'static str, default: &str) -> Result<SocketAddr, Problem> {
    let text = source.get(name).unwrap_or_else(|| default.to_owned());
    text.parse().map_err(|_| {
        Problem::new(
            name,
            format!("\u{201c}{text}\u{201d} is not an IP address with a port"),
            format!("Set it to something like {default}."),
        )
    })
}

fn dns(source: &Source) -> Result<Option<SocketAddr>, Problem> {
    source.get("USHER_DNS").map(|_| address(source, "USHER_DNS", "192.0.2.53:53")).transpose()
}

fn public_url(source: &Source, production: bool) -> Result<Option<String>, Problem> {
    const NAME: &str = "USHER_PUBLIC_URL";
    let remedy = "Set it to the address that browsers use, such as https://billing.example.com.";
    let Some(text) = source.get(NAME) else {
        return if production { Err(Problem::new(NAME, "it is not set", remedy)) } else { Ok(None) };
    };
    let Ok(url) = Url::parse(&text) else {
        return Err(Problem::new(NAME, format!("\u{201c}{text}\u{201d} is not an address"), remedy));
    };
    if !url.username().is_empty() || url.password().is_some() {
        return Err(Problem::new(NAME, "it holds a user name or a password", remedy));
    }
    if !matches!(url.scheme(), "http" | "https") || !url.has_host() {
        return Err(Problem::new(NAME, format!("\u{201c}{text}\u{201d} is not an http or https address"), remedy));
    }
    if url.path() != "/" || url.query().is_some() || url.fragment().is_some() {
        return Err(Problem::new(NAME, format!("\u{201c}{text}\u{201d} has more than scheme, host and port"), remedy));
    }
    if production && url.scheme() != "https" {
        return Err(Problem::new(NAME, format!("\u{201c}{text}\u{201d} is not https, which production needs"), remedy));
    }
    Ok(Some(url.origin().ascii_serialization()))
}

fn tenant_hosts(source: &Source, public_url: Option<&str>) -> Result<bool, Problem> {
    const NAME: &str = "USHER_TENANT_HOSTS";
    match source.get(NAME).as_deref() {
        None | Some("0") => return Ok(false),
        Some("1") => {}
        Some(other) => {
            return Err(Problem::new(
                NAME,
                format!("\u{201c}{other}\u{201d} is neither 0 nor 1"),
                "Set it to 1 to give each company a host of its own, or leave it out.",
            ));
        }
    }
    // A name with a dot in it: browsers keep no cookie for all hosts below an IP address or a single word.
    let named = public_url
        .and_then(|url| Url::parse(url).ok())
        .is_some_and(|url| url.domain().is_some_and(|domain| domain.contains('.')));
    if named {
        return Ok(true);
    }
    Err(Problem::new(
        NAME,
        "it needs a public host with a name that others can be put before",
        "Set USHER_PUBLIC_URL to something like https://usher.example.com, and let *.usher.example.com lead there too.",
    ))
}

fn database_url(source: &Source) -> Result<Secret, Problem> {
    let text = source.get("USHER_DATABASE_URL").unwrap_or_else(|| "sqlite://var/usher.db".to_owned());
    let known = ["sqlite://", "postgres://", "postgresql://"]
        .iter()
        .any(|start| text.len() > start.len() && text.starts_with(start));
    if known {
        return Ok(Secret::new(text));
    }
    Err(Problem::new(
        "USHER_DATABASE_URL",
        "it begins neither with sqlite:// nor with postgres:// (the value is not shown, it may hold a password)",
        "Set it to sqlite://var/usher.db or to postgres://user:password@host/database.",
    ))
}

fn smtp_url(source: &Source) -> Result<Option<Secret>, Problem> {
    let Some(text) = source.get("USHER_SMTP_URL") else { return Ok(None) };
    let valid = Url::parse(&text).is_ok_and(|url| matches!(url.scheme(), "smtp" | "smtps") && url.has_host());
    if valid {
        return Ok(Some(Secret::new(text)));
    }
    Err(Problem::new(
        "USHER_SMTP_URL",
        "it is not an smtp:// or smtps:// address (the value is not shown, it may hold a password)",
        "Set it to something like smtps://user:password@mail.example.com, or leave it out.",
    ))
}

fn smtp_ca(source: &Source) -> Result<Option<Vec<u8>>, Problem> {
    let Some(path) = source.get("USHER_SMTP_CA") else { return Ok(None) };
    match std::fs::read(&path) {
        Ok(pem) if String::from_utf8_lossy(&pem).contains("BEGIN CERTIFICATE") => Ok(Some(pem)),
        _ => Err(Problem::new(
            "USHER_SMTP_CA",
            format!("`{path}` cannot be read, or holds no certificate in PEM"),
            "Name a file that begins with -----BEGIN CERTIFICATE-----, or leave it out.",
        )),
    }
}

fn stripe(source: &Source, production: bool) -> Result<Option<StripeAccess>, Problem> {
    const KEY: &str = "STRIPE_SECRET_KEY";
    const HOOK: &str = "STRIPE_WEBHOOK_SECRET";
    let Some(key) = source.get(KEY) else {
        return if production {
            Err(Problem::new(
                KEY,
                "it is not set, and production has no sandbox",
                "Set it to the secret key from the Stripe dashboard, Developers, API keys.",
            ))
        } else {
            Ok(None)
        };
    };
    let test = key.starts_with("sk_test_") || key.starts_with("rk_test_");
    let live = key.starts_with("sk_live_") || key.starts_with("rk_live_");
    if !test && !live {
        return Err(Problem::new(
            KEY,
            "it does not begin with sk_test_, sk_live_, rk_test_ or rk_live_ (the value is not shown)",
            "Copy the secret key, not the publishable one, from the Stripe dashboard, Developers, API keys.",
        ));
    }
    if live && !production {
        return Err(Problem::new(
            KEY,
            "it moves real money, and this is development",
            "Use a key that begins with sk_test_, leave it out for the sandbox, or set USHER_ENV=production.",
        ));
    }
    let hooks: Vec<Secret> = source
        .get(HOOK)
        .unwrap_or_default()
        .split(',')
        .map(str::trim)
        .filter(|text| !text.is_empty())
        .map(|text| Secret::new(text.to_owned()))
        .collect();
    if hooks.is_empty() {
        return Err(Problem::new(
            HOOK,
            "it is not set, so no webhook could be believed",
            "Set it to the signing secret of the webhook endpoint (in development: what `stripe listen` prints).",
        ));
    }
    if hooks.iter().any(|hook| !hook.expose().starts_with("whsec_")) {
        return Err(Problem::new(
            HOOK,
            "it does not begin with whsec_ (the value is not shown)",
            "Copy the signing secret of the webhook endpoint; two, separated by a comma, while one is rolled.",
        ));
    }
    let base = source.get("STRIPE_API_BASE").unwrap_or_else(|| STRIPE.to_owned());
    let Some(base) = Url::parse(&base).ok().filter(|url| matches!(url.scheme(), "http" | "https") && url.has_host())
    else {
        return Err(Problem::new(
            "STRIPE_API_BASE",
            format!("\u{201c}{base}\u{201d} is not an http or https address"),
            format!("Leave it out for {STRIPE}, or set it to a sandbox such as http://127.0.0.1:3001/."),
        ));
    };
    let mut api_base = base.to_string();
    if !api_base.ends_with('/') {
        api_base.push('/');
    }
    Ok(Some(StripeAccess { secret_key: Secret::new(key), webhook_secrets: hooks, api_base, livemode: live }))
}

fn rollout(source: &Source) -> Result<Rollout, Problem> {
    const NAME: &str = "USHER_BILLING";
    const SINCE: &str = "USHER_BILLING_SINCE";
    let rollout: Rollout = match source.get(NAME) {
        None => Rollout::default(),
        Some(text) => text.parse().map_err(|error: RolloutError| {
            Problem::new(
                NAME,
                error.to_string(),
                "Set it to off, monitor, new or everyone, or leave it out for everyone.",
            )
        })?,
    };
    let rollout = match source.get(SINCE) {
        None => rollout,
        Some(day) => {
            let end = Timestamp::end_of_day(&day).ok_or_else(|| {
                Problem::new(
                    SINCE,
                    format!("\u{201c}{day}\u{201d} is not a day"),
                    "Write the day since which organizations count as new, such as 2026-12-01; it begins at midnight UTC.",
                )
            })?;
            rollout.since(end.minus(Duration::from_secs(86_399)))
        }
    };
    if rollout.lacks_a_day() {
        return Err(Problem::new(
            SINCE,
            "it is not set, and USHER_BILLING says new",
            "Set it to a day such as 2026-12-01.",
        ));
    }
    Ok(rollout)
}

/// The longest look ahead, in hours: a bit more than a year, so that a renewal can be seen.
const FARTHEST: u64 = 400 * 24;

fn clock_ahead(source: &Source, production: bool) -> Result<Duration, Problem> {
    const NAME: &str = "USHER_CLOCK_AHEAD";
    let Some(text) = source.get(NAME) else { return Ok(Duration::ZERO) };
    if production {
        return Err(Problem::new(NAME, "it is set, and production has only the true time", "Leave it out."));
    }
    text.parse().ok().filter(|hours| *hours <= FARTHEST).map(Duration::from_hours).ok_or_else(|| {
        Problem::new(
            NAME,
            format!("\u{201c}{text}\u{201d} is not a number of hours from 0 to {FARTHEST}"),
            "Set it to the hours that the clock shall be ahead, or leave it out.",
        )
    })
}

/// The longest that somebody should wait to see what a seat costs, in seconds.
const LONGEST_DEBOUNCE: u64 = 600;

fn seat_debounce(source: &Source, production: bool) -> Result<Duration, Problem> {
    const NAME: &str = "USHER_SEAT_DEBOUNCE";
    // Whoever develops wants to see what happens.
    let Some(text) = source.get(NAME) else { return Ok(Duration::from_secs(if production { 60 } else { 0 })) };
    text.parse().ok().filter(|seconds| *seconds <= LONGEST_DEBOUNCE).map(Duration::from_secs).ok_or_else(|| {
        Problem::new(
            NAME,
            format!("\u{201c}{text}\u{201d} is not a number of seconds from 0 to {LONGEST_DEBOUNCE}"),
            "Set it to how long changes of billed seats wait for each other, or leave it out for a minute.",
        )
    })
}

fn grace(source: &Source) -> Result<Duration, Problem> {
    let text = source.get("USHER_GRACE_DAYS").unwrap_or_else(|| "21".to_owned());
    let days = text.parse().ok().filter(|days: &u64| *days <= 365).ok_or_else(|| {
        Problem::new(
            "USHER_GRACE_DAYS",
            format!("\u{201c}{text}\u{201d} is not a number of days from 0 to 365"),
            "Set it to how many days a late payment stops nothing but new seats, or leave it out for 21.",
        )
    })?;
    Ok(Duration::from_hours(days * 24))
}

fn proxies(source: &Source) -> Result<usize, Problem> {
    let text = source.get("USHER_PROXIES").unwrap_or_else(|| "0".to_owned());
    text.parse().ok().filter(|count| *count <= 8).ok_or_else(|| {
        Problem::new(
            "USHER_PROXIES",
            format!("\u{201c}{text}\u{201d} is not a number from 0 to 8"),
            "Set it to how many proxies stand between browsers and Usher, or leave it out for none.",
        )
    })
}

fn catalog(source: &Source) -> Result<Catalog, Problem> {
    const NAME: &str = "USHER_CATALOG";
    let Some(path) = source.get(NAME).map(PathBuf::from) else {
        return Ok(Catalog::built_in().clone());
    };
    let shown = path.display().to_string();
    let text = std::fs::read_to_string(&path).map_err(|error| {
        Problem::new(
            NAME,
            format!("\u{201c}{shown}\u{201d} cannot be read: {error}"),
            "Set it to a catalogue file, or leave it out.",
        )
    })?;
    Catalog::parse(&shown, &text).map_err(|error| {
        Problem::new(NAME, error.to_string(), "Correct that line, or leave the variable out for the built-in plans.")
    })
}
