//! The pricing page against a bare axum hello, in turns, by the same loader on the same machine.

use std::net::SocketAddr;
use std::process::Stdio;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result};
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::Command;

use crate::http::{BROWSER, Connection};
use crate::report::{Line, median};
use crate::usher::Place;

const CONNECTIONS: usize = 32;
const TURNS: usize = 5;
const TURN: Duration = Duration::from_secs(3);

/// Measures.
pub async fn measure() -> Result<Vec<Line>> {
    let hello_program = std::env::current_exe()?.with_file_name("usher-bench-hello");
    let mut hello = Command::new(hello_program)
        .stdout(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .context("could not start usher-bench-hello")?;
    let mut lines = BufReader::new(hello.stdout.take().context("hello is silent")?).lines();
    let hello_addr: SocketAddr = lines.next_line().await?.context("hello did not say where it is")?.parse()?;
    let place = Place::new()?;
    let usher = place.start().await?;

    // One turn each to warm up, then in turns, so that both get the same weather.
    load(hello_addr, "/", TURN / 3).await?;
    load(usher.addr, "/pricing", TURN / 3).await?;
    let (mut bare, mut page, mut ratios) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..TURNS {
        let one = load(hello_addr, "/", TURN).await?;
        let other = load(usher.addr, "/pricing", TURN).await?;
        bare.push(one);
        page.push(other);
        ratios.push(other / one);
    }
    let mut connection = Connection::open(usher.addr).await?;
    let request = connection.get("/pricing", BROWSER);
    let answer = connection.ask(&request).await?;
    let ratio = median(&mut ratios);
    hello.kill().await?;
    usher.stop().await?;
    Ok(vec![Line {
        what: "Pricing page, requests per second against a bare axum hello".to_owned(),
        bar: "at least 0.30 ×".to_owned(),
        measured: format!("{ratio:.2} × ({:.0} to {:.0} per second)", median(&mut page), median(&mut bare)),
        holds: ratio >= 0.3,
        how: format!(
            "{CONNECTIONS} connections kept open, {TURNS} turns of {} s each in alternation, median of the turns' \
             ratios; the page travels as {} ({} B), and loader and server share the machine",
            TURN.as_secs(),
            answer.header("content-encoding").unwrap_or("plain text"),
            answer.body.len(),
        ),
    }])
}

/// Requests per second over so many connections.
async fn load(addr: SocketAddr, path: &'static str, time: Duration) -> Result<f64> {
    let done = Arc::new(AtomicU64::new(0));
    let over = Arc::new(AtomicBool::new(false));
    let mut workers = Vec::new();
    for _ in 0..CONNECTIONS {
        let (done, over) = (Arc::clone(&done), Arc::clone(&over));
        let mut connection = Connection::open(addr).await?;
        workers.push(tokio::spawn(async move {
            let request = connection.get(path, BROWSER).into_bytes();
            while !over.load(Ordering::Relaxed) {
                connection.hit(&request).await?;
                done.fetch_add(1, Ordering::Relaxed);
            }
            anyhow::Ok(())
        }));
    }
    let started = Instant::now();
    let before = done.load(Ordering::Relaxed);
    tokio::time::sleep(time).await;
    let count = done.load(Ordering::Relaxed) - before;
    let elapsed = started.elapsed();
    over.store(true, Ordering::Relaxed);
    for worker in workers {
        worker.await??;
    }
    // A count of requests in a few seconds is far below 2^32.
    Ok(f64::from(u32::try_from(count)?) / elapsed.as_secs_f64())
}
