//! Billing events that came in: each is a hint that something at the provider is to be looked at.
//!
//! # One look for a burst
//! Events come in crowds: a purchase makes ten within a second, and a change of a card as many. They are worked on by
//! lane (mostly: by customer), and everything that waits in a lane is finished by one look at each thing that it names.
//!
//! What makes that right is an order: **an event is finished by a look only if it was stored before the look began**. The
//! lease marks what is stored; the look begins after the lease is committed; and what is finished is what is marked. An
//! event that comes while the look is under way bears no mark, whatever it says may be newer than what the look has seen,
//! and so it gets a look of its own afterwards. Nothing else would do: the times in events have a resolution of a second,
//! and none of them says which of two states is the newer.
//!
//! One lane has one worker at a time, several lanes are worked on at once. Two lanes that lead to the same subscription
//! (an event that names no customer) meet at the subscription's lock.

use std::collections::BTreeMap;

use anyhow::Context;
use data_encoding::HEXLOWER;
use futures::StreamExt;
use store::LeasedEvent;

use super::LEASE;
use crate::Services;

mod judge;
mod lag;
mod lane;
mod look;

pub(super) use look::Bought;

/// How many lanes are taken in one step; all of them are done well within the lease.
const LANES: u32 = 64;
/// How many of them are worked on at once. A look is mostly waiting for the provider.
const AT_ONCE: usize = 8;

/// Works on what waits; `false` when nothing does.
pub(super) async fn step(s: &Services) -> anyhow::Result<bool> {
    lag::watch(s).await?;
    let holder = HEXLOWER.encode(&s.chance::<16>());
    let leased = s.store().system().lease_events(&holder, LANES, s.now(), LEASE).await.context("leasing events")?;
    if leased.is_empty() {
        return Ok(false);
    }
    let mut work =
        futures::stream::iter(lanes(leased)).map(|events| lane::work_off(s, &holder, events)).buffer_unordered(AT_ONCE);
    let mut ended = Ok(true);
    // One lane that cannot be ticked off is no reason to leave the others half done.
    while let Some(done) = work.next().await {
        if let Err(error) = done {
            ended = Err(error.context("finishing events"));
        }
    }
    ended
}

fn lanes(leased: Vec<LeasedEvent>) -> Vec<Vec<LeasedEvent>> {
    let mut lanes: BTreeMap<String, Vec<LeasedEvent>> = BTreeMap::new();
    for event in leased {
        lanes.entry(event.lane.clone()).or_default().push(event);
    }
    lanes.into_values().collect()
}
