//! The postman: sends events to endpoints, signed, until they are taken or it gives up.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use tokio::task::JoinSet;

use crate::chaos::Twist;
use crate::clock;
use crate::engine::ids::splitmix;
use crate::engine::version;
use crate::shared::Shared;
use crate::signature;
use crate::state::{Delivery, Outcome, State};

const AT_ONCE: usize = 10;
const IN_A_BURST: usize = 64;
const PATIENCE: Duration = Duration::from_secs(20);

/// Seconds before each further attempt, as Stripe does it: three days in all.
const LIVE: &[i64] = &[5, 60, 600, 3_600, 10_800, 21_600, 43_200, 86_400, 86_400];
/// Milliseconds before each further attempt, for tests.
const FAST: &[i64] = &[20, 40, 80, 160, 320, 640, 1_280, 2_560];

/// One attempt.
pub struct Parcel {
    pub delivery: Option<u64>,
    pub url: String,
    /// The good one first.
    secrets: Vec<String>,
    /// How many seconds ago it is said to be signed.
    age: i64,
    /// It gets lost: nothing is sent.
    lost: bool,
    kind: String,
    event: String,
    body: Vec<u8>,
}

/// What an attempt met.
pub type Met = Result<u16, String>;

/// A client that sends webhooks.
///
/// # Errors
/// When the TLS library does not start.
pub fn client() -> anyhow::Result<reqwest::Client> {
    // Someone else in this process may have chosen a provider already; any will do.
    if rustls::crypto::CryptoProvider::get_default().is_none() {
        drop(rustls::crypto::ring::default_provider().install_default());
    }
    Ok(reqwest::Client::builder()
        .timeout(PATIENCE)
        .redirect(reqwest::redirect::Policy::none())
        .no_proxy()
        .user_agent("Stripe/1.0 (+https://stripe.com/docs/webhooks)")
        .build()?)
}

/// The parcel with an event for an endpoint, with what is wrong with it on purpose.
pub fn parcel(
    state: &State,
    event: &str,
    endpoint: &str,
    delivery: Option<u64>,
    twist: Option<Twist>,
) -> Option<Parcel> {
    let (event, endpoint) = (state.events.get(event)?, state.endpoints.get(endpoint)?);
    let mut secrets = vec![endpoint.secret.clone()];
    if let Some((secret, _)) = endpoint.rolled.as_ref().filter(|(_, until)| clock::wall_millis() < until * 1000) {
        secrets.push(secret.clone());
    }
    match twist {
        Some(Twist::WrongSignature) => secrets = vec!["whsec_of_somebody_else".into()],
        // The good one second: who looks at the first only refuses it.
        Some(Twist::TwoSignatures) => secrets.insert(0, "whsec_from_before".into()),
        _ => {}
    }
    let body = match twist {
        Some(Twist::Stale) => event.stale(state).body(endpoint.version()),
        Some(Twist::OldVersion) => event.body(version::OLDEST),
        _ => event.body(endpoint.version()),
    };
    Some(Parcel {
        delivery,
        url: endpoint.url.clone(),
        secrets,
        age: if twist == Some(Twist::OldTimestamp) { 400 } else { 0 },
        lost: twist == Some(Twist::Drop),
        kind: event.kind.clone(),
        event: event.id.clone(),
        body,
    })
}

/// Sends one parcel, signed with the time of sending.
pub async fn send(client: &reqwest::Client, parcel: Parcel) -> Met {
    let Parcel { url, secrets, age, lost, kind, event, body, .. } = parcel;
    if lost {
        tracing::debug!(event, kind, url, "webhook lost on purpose");
        return Err("lost on the way, on purpose".into());
    }
    let secrets: Vec<&str> = secrets.iter().map(String::as_str).collect();
    let header = signature::header(&secrets, &body, clock::wall_millis().div_euclid(1000) - age);
    let sent = client
        .post(&url)
        .header("content-type", "application/json; charset=utf-8")
        .header("stripe-signature", header)
        .body(body)
        .send()
        .await;
    match sent {
        Ok(answer) => {
            let status = answer.status().as_u16();
            tracing::debug!(event, kind, url, status, "webhook");
            Ok(status)
        }
        Err(error) => {
            let error = error.without_url().to_string();
            tracing::debug!(event, kind, url, error, "webhook");
            Err(error)
        }
    }
}

/// Works until it is dropped.
pub async fn run(shared: Arc<Shared>, client: reqwest::Client) {
    let mut flying: JoinSet<(u64, Met)> = JoinSet::new();
    let mut busy = HashSet::new();
    loop {
        let pause = {
            let mut inner = shared.lock();
            let held = inner.held;
            let (ready, pause) = due(&mut inner.state, held, &busy);
            for parcel in ready {
                let Some(id) = parcel.delivery else { continue };
                busy.insert(id);
                let client = client.clone();
                flying.spawn(async move { (id, send(&client, parcel).await) });
            }
            inner.flying = busy.len();
            pause
        };
        tokio::select! {
            Some(done) = flying.join_next(), if !flying.is_empty() => {
                // A sender does not panic; were it to, its delivery would stay busy and be sent after a restart.
                if let Ok((id, met)) = done {
                    busy.remove(&id);
                    record(&shared, id, &met, busy.len());
                }
            }
            () = shared.post.notified() => {}
            () = tokio::time::sleep(pause) => shared.tick(),
        }
    }
}

/// What may leave now, oldest first, and how long to wait otherwise.
fn due(state: &mut State, held: bool, busy: &HashSet<u64>) -> (Vec<Parcel>, Duration) {
    let now = clock::wall_millis();
    let mut pause = 1000;
    let mut ready = Vec::new();
    if held {
        return (ready, Duration::from_secs(1));
    }
    // What is to be held back is held back from the moment it could have left.
    for delivery in state.deliveries.iter_mut().filter(|d| d.outcome == Outcome::Pending && d.held_millis > 0) {
        delivery.due_millis = delivery.due_millis.max(now + i64::from(std::mem::take(&mut delivery.held_millis)));
    }
    let mut waiting: Vec<&Delivery> =
        state.deliveries.iter().filter(|d| d.outcome == Outcome::Pending && !busy.contains(&d.id)).collect();
    let most = if state.chaos.burst { IN_A_BURST } else { AT_ONCE };
    if state.chaos.burst {
        waiting.sort_by_key(|delivery| splitmix(state.chaos.seed, delivery.id));
    }
    for delivery in waiting {
        let twist = delivery.twist.filter(|_| delivery.attempts == 0);
        if delivery.due_millis > now {
            pause = pause.min(delivery.due_millis - now);
        } else if busy.len() + ready.len() < most
            && let Some(parcel) = parcel(state, &delivery.event, &delivery.endpoint, Some(delivery.id), twist)
        {
            ready.push(parcel);
        }
    }
    (ready, Duration::from_millis(u64::try_from(pause).unwrap_or(1).max(1)))
}

fn record(shared: &Shared, id: u64, met: &Met, flying: usize) {
    let mut inner = shared.lock();
    inner.flying = flying;
    if let Some(delivery) = inner.state.deliveries.iter_mut().find(|delivery| delivery.id == id) {
        let retries = if shared.fast { FAST } else { LIVE };
        let unit = if shared.fast { 1 } else { 1000 };
        delivery.last = Some(met.as_ref().map_or_else(Clone::clone, ToString::to_string));
        let wait = retries.get(usize::try_from(delivery.attempts).unwrap_or(usize::MAX));
        delivery.attempts += 1;
        // Who takes what must not be taken does not get away with it: it comes again, good.
        let spoilt = delivery.attempts == 1 && delivery.twist.is_some_and(|twist| !twist.is_taken());
        delivery.outcome = match (met, wait) {
            (Ok(200..=299), _) if !spoilt => Outcome::Delivered,
            (_, Some(_)) => Outcome::Pending,
            (_, None) => Outcome::GaveUp,
        };
        delivery.due_millis = clock::wall_millis() + wait.copied().unwrap_or_default() * unit;
    }
    shared.touch(&mut inner);
}
