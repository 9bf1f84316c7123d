//! The peer: `benches/peer/webhooks.mjs`, a process of node.

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Instant;

use anyhow::{Context as _, Result, bail};
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::Command;

use super::provider::{self, Provider, SUBSCRIPTIONS};
use super::{Run, SECRET, addr_of, processor, send, stop};

/// One run on a fresh database. `asking`: it asks the provider about each event.
pub async fn run(provider: &Provider, bodies: &[Vec<u8>], asking: bool) -> Result<Run> {
    let folder = installed().await?;
    let database = tokio::task::spawn_blocking(testkit::postgres::database).await?;
    provider.forget();
    let mut program = Command::new("node")
        .arg("webhooks.mjs")
        .current_dir(folder)
        .env("DATABASE_URL", &database)
        .env("STRIPE_API_BASE", provider.base())
        .env("STRIPE_WEBHOOK_SECRET", SECRET)
        .env("REVALIDATE", if asking { "1" } else { "0" })
        .env("NODE_ENV", "production")
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .context("could not start node")?;
    let output = program.stdout.take().context("the peer is silent")?;
    let base = BufReader::new(output).lines().next_line().await?.context("the peer did not start")?;
    let started = Instant::now();
    send(addr_of(&base)?, "/", bodies).await?;
    // It answers when it has written, so the last answer is the end.
    let seconds = started.elapsed().as_secs_f64();
    let cpu = processor(&program)?;
    stop(program).await?;
    let different = differences(&database).await?;
    Ok(Run { seconds, cpu, fetches: provider.fetches(), different })
}

/// How many subscriptions it keeps otherwise than the provider has them.
async fn differences(database: &str) -> Result<usize> {
    let rows = Command::new("psql")
        .args([database, "-XAtc", "select id, items->'data'->0->>'quantity' from stripe.subscriptions"])
        .output()
        .await
        .context("psql is missing")?;
    if !rows.status.success() {
        bail!("psql: {}", String::from_utf8_lossy(&rows.stderr));
    }
    let text = String::from_utf8(rows.stdout)?;
    let known: std::collections::HashMap<&str, &str> = text.lines().filter_map(|row| row.split_once('|')).collect();
    let same =
        |at: &usize| known.get(&*provider::id(*at)).is_some_and(|seats| *seats == provider::seats(*at).to_string());
    Ok(SUBSCRIPTIONS - (0..SUBSCRIPTIONS).filter(same).count())
}

/// Its folder, with its packages installed.
async fn installed() -> Result<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("peer");
    if !folder.join("node_modules").exists() {
        let done = Command::new("npm").args(["ci", "--no-audit", "--no-fund"]).current_dir(&folder).status().await?;
        if !done.success() {
            bail!("npm ci ended with {done}");
        }
    }
    Ok(folder)
}
