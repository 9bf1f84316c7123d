//! `usher stripe inbox list|show|replay|drop`.

use anyhow::bail;
use domain::Timestamp;
use service::{Error, EventRecord, Services, Which};

use crate::cli::{Inbox, State};

/// Shows or moves webhooks.
pub(super) async fn inbox(s: &Services, deed: &Inbox) -> anyhow::Result<()> {
    match deed {
        Inbox::List { state, limit } => list(s, which(*state), *limit).await,
        Inbox::Show { id } => show(s, id).await,
        Inbox::Replay { ids, dead, parked } => replay(s, ids, *dead, *parked).await,
        Inbox::Drop { ids } => drop_them(s, ids).await,
    }
}

const fn which(state: State) -> Which {
    match state {
        State::All => Which::All,
        State::Waiting => Which::Waiting,
        State::Parked => Which::Parked,
        State::Dead => Which::Dead,
    }
}

async fn list(s: &Services, which: Which, limit: u32) -> anyhow::Result<()> {
    let (state, lag, events) = service::inbox(s, which, limit).await?;
    println!(
        "{} waiting ({} of them for another try), {} parked, {} dead; the oldest waits for {} s",
        state.waiting,
        state.again,
        state.parked,
        state.dead,
        lag.as_secs()
    );
    for event in &events {
        println!("{}", line(event));
    }
    Ok(())
}

/// What it is now, in a word and a time.
fn state(event: &EventRecord) -> String {
    match (&event.outcome, event.finished_at, event.parked_at) {
        (Some(outcome), Some(at), _) => format!("{outcome} {}", at.rfc3339()),
        (_, _, Some(at)) => format!("parked {}, looked at again {}", at.rfc3339(), event.ready_at.rfc3339()),
        _ if event.attempts == 0 => "waiting".to_owned(),
        _ => format!("tried {} times, next {}", event.attempts, event.ready_at.rfc3339()),
    }
}

fn line(event: &EventRecord) -> String {
    let customer = event.customer.as_ref().map_or("-", |customer| customer.as_str());
    let error = event.last_error.as_ref().map(|error| format!(": {error}")).unwrap_or_default();
    let at = Timestamp::rfc3339(event.received_at);
    format!("{at} {} {} {customer} {}{error}", event.id, event.kind, state(event))
}

async fn show(s: &Services, id: &str) -> anyhow::Result<()> {
    let event = match service::inbox_event(s, id).await {
        Err(Error::NotFound) => bail!("no webhook `{id}` has come; `usher stripe inbox list` shows the latest"),
        other => other?,
    };
    println!("{}", line(&event.record));
    println!("API version {}", event.api_version.as_deref().unwrap_or("none (thin)"));
    println!("{}", String::from_utf8_lossy(&event.body));
    Ok(())
}

async fn replay(s: &Services, ids: &[String], dead: bool, parked: bool) -> anyhow::Result<()> {
    let mut refused = 0;
    for id in ids {
        if service::replay_event(s, id).await? {
            println!("{id} will be worked on again.");
        } else {
            refused += 1;
            println!("{id} is left alone: it has not come, or it was applied.");
        }
    }
    for (asked, which, what) in [(dead, Which::Dead, "put aside"), (parked, Which::Parked, "parked")] {
        if asked {
            println!("{} that were {what} will be worked on again.", service::replay_events(s, which).await?);
        }
    }
    if refused > 0 {
        bail!("{refused} of {} were not replayed", ids.len());
    }
    Ok(())
}

async fn drop_them(s: &Services, ids: &[String]) -> anyhow::Result<()> {
    let mut refused = 0;
    for id in ids {
        if service::drop_event(s, id).await? {
            println!("{id} is dropped: nothing will be done about it.");
        } else {
            refused += 1;
            println!("{id} is left alone: it has not come, is finished, or is being worked on.");
        }
    }
    if refused > 0 {
        bail!("{refused} of {} were not dropped", ids.len());
    }
    Ok(())
}
