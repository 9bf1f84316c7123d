//! Ten thousand webhooks, a fifth of them doubled, shuffled, many of the same second, about a thousand subscriptions:
//! Usher beside the npm package `@supabase/stripe-sync-engine`, in turn, on PostgreSQL.
//!
//! Both get the same bodies from the same sender and ask the same provider ([`provider`]), who counts. Every body is an
//! old snapshot, so whoever believes bodies in the order they come in ends with something else than the provider has.
//! The clock runs from the first webhook sent until everything is in the database.

mod crowd;
mod peer;
mod provider;

use std::net::SocketAddr;
use std::process::Stdio;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};
use axum::http::Uri;
use domain::Timestamp;
use payments::WebhookSecret;
use payments::signature::sign;
use service::{Clock as _, SystemClock};
use store::{Store, Which};
use testkit::SeededEntropy;
use tokio::process::{Child, Command};
use tokio::time::sleep;

use crate::http::Connection;
use crate::report::Line;
use crate::usher::free_addr;
use provider::{Provider, SUBSCRIPTIONS};

/// Deliveries in all.
const DELIVERIES: usize = 10_000;
/// Of them, those that come a second time.
const DOUBLES: usize = 2_000;
/// Connections of the sender, as many as Stripe was seen to use at once.
const CONNECTIONS: usize = 16;
const SECRET: &str = "whsec_bench_0123456789abcdef0123456789abcdef";
/// After so long a run is given up.
const PATIENCE: Duration = Duration::from_mins(10);

/// What one run came to.
struct Run {
    seconds: f64,
    cpu: f64,
    fetches: u64,
    different: usize,
}

impl Run {
    #[expect(clippy::cast_precision_loss, reason = "counts of ten thousand are exact in a float")]
    fn rate(&self) -> f64 {
        DELIVERIES as f64 / self.seconds
    }

    #[expect(clippy::cast_precision_loss, reason = "counts of ten thousand are exact in a float")]
    fn told(&self) -> String {
        let cpu = self.cpu / DELIVERIES as f64 * 1e6;
        let Self { fetches, different, .. } = self;
        format!(
            "{:.0} per second, {cpu:.0} µs of processor each, {fetches} fetches, difference {different}",
            self.rate()
        )
    }
}

/// Measures both, one after the other, in the same run.
pub async fn measure() -> Result<Vec<Line>> {
    let provider = Provider::start().await?;
    let bodies = bodies();
    let backlog = usher(&provider, &bodies, true).await?;
    let flowing = usher(&provider, &bodies, false).await?;
    let trusting = peer::run(&provider, &bodies, false).await?;
    let asking = peer::run(&provider, &bodies, true).await?;
    let ratio = flowing.rate() / asking.rate();
    let how = format!(
        "{DELIVERIES} deliveries, {DOUBLES} of them doubles, in a drawn order over {SUBSCRIPTIONS} subscriptions, \
         {CONNECTIONS} connections, PostgreSQL without fsync, until all is applied; processor time of the program alone"
    );
    Ok(vec![
        Line {
            what: "Webhooks that wait when the worker starts".to_owned(),
            bar: format!("difference 0, one fetch for each of {SUBSCRIPTIONS} subscriptions"),
            measured: backlog.told(),
            holds: backlog.different == 0 && backlog.fetches == u64::try_from(SUBSCRIPTIONS)?,
            how: format!("{how}; all are stored before a worker runs, and the clock runs from both starts"),
        },
        Line {
            what: "Webhooks as they come".to_owned(),
            bar: "difference 0, at least 10 × the peer that asks Stripe".to_owned(),
            measured: format!("{}; {ratio:.1} × the peer", flowing.told()),
            holds: flowing.different == 0 && ratio >= 10.0,
            how: how.clone(),
        },
        Line {
            what: "The peer, asking Stripe about each event".to_owned(),
            bar: "none: it is what we are measured beside".to_owned(),
            measured: asking.told(),
            holds: true,
            how: format!("{how}; @supabase/stripe-sync-engine 0.48.5 with revalidateObjectsViaStripeApi on node"),
        },
        Line {
            what: "The peer, believing the bodies".to_owned(),
            bar: "none: what speed costs in truth".to_owned(),
            measured: format!("{}; {:.1} × of it are ours", trusting.told(), flowing.rate() / trusting.rate()),
            holds: true,
            how: format!("{how}; the same package as it comes"),
        },
    ])
}

/// The bodies in the order of their delivery, the same in every run.
fn bodies() -> Vec<Vec<u8>> {
    let chance = SeededEntropy::new(11);
    let draw = |end: usize| {
        use service::Entropy as _;
        let mut bytes = [0; 8];
        chance.fill(&mut bytes);
        usize::try_from(u64::from_le_bytes(bytes) % u64::try_from(end).unwrap_or(1)).unwrap_or(0)
    };
    let now = SystemClock::default().now().secs();
    let mut bodies: Vec<Vec<u8>> = (0..DELIVERIES - DOUBLES)
        .map(|event| {
            let subscription = event % SUBSCRIPTIONS;
            // Sixty seconds for eight events of each subscription: many share one.
            let created = now - i64::try_from(draw(60)).unwrap_or(0);
            provider::event(event, subscription, 1 + draw(40), created)
        })
        .collect();
    for double in 0..DOUBLES {
        bodies.push(bodies[double * 3].clone());
    }
    for at in (1..bodies.len()).rev() {
        bodies.swap(at, draw(at + 1));
    }
    bodies
}

/// Usher on a fresh database. With `backlog`, the worker starts when all has been stored.
async fn usher(provider: &Provider, bodies: &[Vec<u8>], backlog: bool) -> Result<Run> {
    let url = tokio::task::spawn_blocking(testkit::postgres::database).await?;
    let store = Store::connect(&url).await?;
    store.migrate().await?;
    crowd::found(&store).await?;
    provider.forget();
    let (mut program, addr) = serve(&url, provider, if backlog { &["--web-only"] } else { &[] }).await?;
    let started = Instant::now();
    send(addr, "/webhooks/stripe", bodies).await?;
    let mut cpu = 0.0;
    if backlog {
        cpu += processor(&program)?;
        stop(program).await?;
        (program, _) = serve(&url, provider, &[]).await?;
    }
    loop {
        // Not how many: counting would take a part of the processor.
        let waiting = store.system().events_of(Which::Waiting, 1).await?;
        let Some(one) = waiting.first() else { break };
        if started.elapsed() > PATIENCE {
            bail!("webhooks still wait, {} among them", one.id);
        }
        sleep(Duration::from_millis(20)).await;
    }
    let seconds = started.elapsed().as_secs_f64();
    cpu += processor(&program)?;
    stop(program).await?;
    let different = crowd::differences(&store, provider).await?;
    store.close().await;
    Ok(Run { seconds, cpu, fetches: provider.fetches(), different })
}

async fn serve(database: &str, provider: &Provider, parts: &[&str]) -> Result<(Child, SocketAddr)> {
    let binary = std::env::var_os("USHER_BIN").context("USHER_BIN is not set: run `cargo xtask bench`")?;
    let folder = std::env::temp_dir();
    let addr = free_addr()?;
    let program = Command::new(binary)
        .arg("serve")
        .args(parts)
        .current_dir(folder)
        .env("USHER_ENV", "development")
        .env("USHER_ADDR", addr.to_string())
        .env("USHER_PUBLIC_URL", format!("http://{addr}"))
        .env("USHER_DATABASE_URL", database)
        .env("STRIPE_SECRET_KEY", "sk_test_bench")
        .env("STRIPE_API_BASE", provider.base())
        .env("STRIPE_WEBHOOK_SECRET", SECRET)
        .env("RUST_LOG", "error")
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .kill_on_drop(true)
        .spawn()
        .context("could not start usher")?;
    let begun = Instant::now();
    while Connection::open(addr).await.is_err() {
        if begun.elapsed() > Duration::from_secs(20) {
            bail!("usher did not listen");
        }
        sleep(Duration::from_millis(5)).await;
    }
    Ok((program, addr))
}

/// Sends all bodies, each signed when it leaves, as the provider does.
async fn send(addr: SocketAddr, path: &'static str, bodies: &[Vec<u8>]) -> Result<()> {
    let secret = WebhookSecret::new(SECRET);
    let mut senders = Vec::new();
    for first in 0..CONNECTIONS {
        let mine: Vec<Vec<u8>> = bodies.iter().skip(first).step_by(CONNECTIONS).cloned().collect();
        let secret = secret.clone();
        senders.push(tokio::spawn(async move {
            let mut connection = Connection::open(addr).await?;
            for body in mine {
                let header = sign(&body, &secret, SystemClock::default().now());
                let mut request = format!(
                    "POST {path} HTTP/1.1\r\nhost: {addr}\r\ncontent-type: application/json\r\nstripe-signature: \
                     {header}\r\ncontent-length: {}\r\n\r\n",
                    body.len()
                )
                .into_bytes();
                request.extend_from_slice(&body);
                connection.hit(&request).await?;
            }
            Ok::<_, anyhow::Error>(())
        }));
    }
    for sender in senders {
        sender.await??;
    }
    Ok(())
}

/// Processor time of a program so far, in seconds.
#[expect(clippy::cast_precision_loss, reason = "hundredths of seconds of one run")]
fn processor(program: &Child) -> Result<f64> {
    let pid = program.id().context("the program has ended")?;
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).context("this needs Linux")?;
    // Behind the name in brackets: state is field 3, user and system time are 14 and 15, in hundredths of a second.
    let fields: Vec<&str> = stat.rsplit_once(") ").context("no stat")?.1.split(' ').collect();
    let ticks: u64 = fields[11].parse::<u64>()? + fields[12].parse::<u64>()?;
    Ok(ticks as f64 / 100.0)
}

async fn stop(mut program: Child) -> Result<()> {
    if let Some(pid) = program.id() {
        Command::new("kill").args(["-TERM", &pid.to_string()]).status().await?;
    }
    if tokio::time::timeout(Duration::from_secs(20), program.wait()).await.is_err() {
        program.kill().await?;
    }
    Ok(())
}

/// The host and port of `http://127.0.0.1:1234/`.
fn addr_of(url: &str) -> Result<SocketAddr> {
    let uri: Uri = url.trim().parse()?;
    Ok(uri.authority().context("no host")?.as_str().parse()?)
}

/// Seconds from now, for fields of objects.
fn in_days(days: i64) -> i64 {
    Timestamp::from_secs(SystemClock::default().now().secs()).secs() + days * 86_400
}
