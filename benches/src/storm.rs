//! A storm of sign-ins beside somebody who reads the pricing page: hashing must not take the machine from them.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Result, bail};

use crate::http::{BROWSER, Connection};
use crate::report::{Line, median};
use crate::usher::Place;

const CLIENTS: u64 = 64;
const READS: usize = 2_000;
const TURNS: usize = 3;

/// Measures. Each attempt comes from a machine of its own, for an address of its own, so that no limit of the rate
/// takes it away and each is a whole argon2id.
pub async fn measure() -> Result<Vec<Line>> {
    let place = Place::new()?.behind_a_proxy();
    let usher = place.start().await?;
    read(usher.addr, READS / 4).await?;
    let (mut idle, mut busy, mut ratios, mut hashed) = (Vec::new(), Vec::new(), Vec::new(), 0);
    for turn in 0..TURNS {
        let calm = read(usher.addr, READS).await?;
        let storm = Storm::begin(usher.addr, u64::try_from(turn)?);
        tokio::time::sleep(Duration::from_secs(1)).await;
        let tense = read(usher.addr, READS).await?;
        let done = storm.end().await?;
        if done == 0 {
            bail!("nobody was heard: the storm was none");
        }
        hashed += done;
        idle.push(calm);
        busy.push(tense);
        ratios.push(tense / calm);
    }
    usher.stop().await?;
    let ratio = median(&mut ratios);
    Ok(vec![Line {
        what: format!("Pricing page while {CLIENTS} clients sign in, against the same page at rest"),
        bar: "at most 2 × (median)".to_owned(),
        measured: format!("{ratio:.2} × ({:.3} ms to {:.3} ms)", median(&mut busy), median(&mut idle)),
        holds: ratio <= 2.0,
        how: format!(
            "median time of {READS} reads one after the other, at rest and in the storm, {TURNS} turns in alternation, \
             median of the turns' ratios; {hashed} sign-ins were answered meanwhile, each with the work of a whole \
             password hash, and the rest got \u{201c}busy\u{201d}"
        ),
    }])
}

/// The median time of a read, in milliseconds.
async fn read(addr: SocketAddr, times: usize) -> Result<f64> {
    let mut connection = Connection::open(addr).await?;
    let request = connection.get("/pricing", BROWSER).into_bytes();
    let mut took = Vec::with_capacity(times);
    for _ in 0..times {
        let started = Instant::now();
        connection.hit(&request).await?;
        took.push(started.elapsed().as_secs_f64() * 1_000.0);
    }
    Ok(median(&mut took))
}

struct Storm {
    over: Arc<AtomicBool>,
    answered: Arc<AtomicU64>,
    clients: Vec<tokio::task::JoinHandle<Result<()>>>,
}

impl Storm {
    fn begin(addr: SocketAddr, turn: u64) -> Self {
        let (over, answered) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicU64::new(0)));
        let clients = (0..CLIENTS)
            .map(|client| {
                let (over, answered) = (Arc::clone(&over), Arc::clone(&answered));
                tokio::spawn(async move {
                    let mut connection = Connection::open(addr).await?;
                    let mut attempt = 0_u64;
                    while !over.load(Ordering::Relaxed) {
                        attempt += 1;
                        let name = (turn * CLIENTS + client) * 100_000 + attempt;
                        let email = format!("n{name}@acme.test");
                        let from = format!("10.{}.{}.{}", name >> 16 & 255, name >> 8 & 255, name & 255);
                        let headers = format!("accept: application/json\r\nx-forwarded-for: {from}\r\n");
                        let form = [("email", email.as_str()), ("password", "three quiet velvet seats")];
                        let answer = connection.ask(&connection.post("/api/sign-in", &headers, &form)).await?;
                        match answer.status {
                            401 | 409 => {
                                answered.fetch_add(1, Ordering::Relaxed);
                            }
                            // As a client that was told to come back would.
                            503 => tokio::time::sleep(Duration::from_millis(20)).await,
                            other => bail!("a sign-in was answered with {other}: {}", answer.text()),
                        }
                    }
                    Ok(())
                })
            })
            .collect();
        Self { over, answered, clients }
    }

    /// How many were answered.
    async fn end(self) -> Result<u64> {
        self.over.store(true, Ordering::Relaxed);
        for client in self.clients {
            client.await??;
        }
        Ok(self.answered.load(Ordering::Relaxed))
    }
}
