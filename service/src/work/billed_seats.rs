//! Billed seats: the provider is told how many there are.
//!
//! What is to be told, and how its money moves, is `domain::billed`. Here is how it gets there safely: under the
//! subscription's lock the provider is asked first, so that a change that has arrived (an earlier try whose answer was
//! lost) is not sent again, and a subscription that has ended is left alone. What a step leaves behind is written down
//! before it is sent.
//!
//! The key names the row, the try and the step: within a try the provider sees one key with one change, however often
//! the connection is tried; and a later try, whose change may be another, is another intent. A key of the row alone
//! would be refused with another quantity, and a key of the row and the quantity would get an old answer when the number
//! returns to what it was.

use std::time::Duration;

use domain::access::Deed;
use domain::billed::{HowPaid, next};
use domain::ids::OrgId;
use domain::plan::Part;
use domain::plan::PriceSpec;
use domain::subscription::{ProviderItemId, ProviderSubscriptionId};
use domain::{Interval, Permission, Subscription, Timestamp};
use payments::PaymentError;
use payments::provider::{IdempotencyKey, SeatChange, SeatLine};
use store::{Command, LeasedEffect, OrgRecord, TenantTx};

use super::inbox::Bought;
use crate::seats::{Need, all_ours, needs, seats_then, takes_changes};
use crate::sync_subscription::{Heal, apply, under_lock};
use crate::{Error, Services};

/// More steps than any change needs.
const STEPS: u32 = 8;
/// How long to wait when the provider takes no more changes of a subscription, or while a payment is awaited.
const BREAK: Duration = Duration::from_mins(1);
/// The longest such wait.
const LONGEST_BREAK: Duration = Duration::from_hours(1);

/// How it went.
pub(super) enum Sent {
    /// The provider has what it must have.
    Done,
    /// It cannot be sent now, for a reason that passes.
    Wait { until: Timestamp, why: String },
}

/// Makes the billed seats what they must be now: absolutely, never one more or one less.
pub(super) async fn send(s: &Services, org: OrgId, leased: &LeasedEffect) -> Result<Sent, Error> {
    let scope = s.store().system().act_for(org, "billed seats").await?;
    let found = scope.read(Bought).await?.subscription;
    let Some(bought) = found.filter(|bought| bought.status.is_live()) else { return Ok(Sent::Done) };
    let name = format!("{}-{}", leased.id, leased.attempts);
    let pause = (BREAK * 2_u32.pow(leased.postponed.min(6))).min(LONGEST_BREAK);
    let work = {
        let (s, id) = (s.clone(), bought.id.clone());
        async move {
            let seen = s.payments().subscription(&id, s.now()).await?;
            apply(&s, &scope, seen, Heal::No).await?;
            for step in 0..STEPS {
                let change = match scope.execute(Decide { s: &s, id: &id }, s.now()).await? {
                    Decided::Settled => return Ok(Sent::Done),
                    Decided::Awaits => {
                        let why = "a change of the subscription waits for its payment".to_owned();
                        return Ok(Sent::Wait { until: s.now().plus(pause), why });
                    }
                    Decided::Change(change) => change,
                };
                let key = IdempotencyKey(format!("{name}-{step}"));
                let made = match change {
                    Todo::Now(change) => perform(&s, &key, &id, change).await,
                    Todo::Then { item, seats, then } => {
                        s.payments().set_seats_in_schedule(&key, &id, &item, seats, then, s.now()).await
                    }
                };
                match made {
                    Ok(answer) => drop(apply(&s, &scope, answer, Heal::No).await?),
                    Err(PaymentError::TooOften(why)) => {
                        return Ok(Sent::Wait { until: s.now().plus(pause), why });
                    }
                    Err(error) => return Err(error.into()),
                }
            }
            Err(Error::Broken(anyhow::anyhow!("the billed seats of {id} do not settle")))
        }
    };
    under_lock(s, &bought.id, work).await
}

/// What is to be done next.
enum Decided {
    /// Nothing.
    Settled,
    /// Nothing until something is paid that would replace it.
    Awaits,
    Change(Todo),
}

/// A change of what is billed.
enum Todo {
    /// From now on.
    Now(Change),
    /// From the day on which something else begins; until then it stays.
    Then { item: ProviderItemId, seats: u32, then: u32 },
}

/// A change of the lines whose money moves in the same way.
struct Change {
    lines: Vec<(Wanted, u32)>,
    paid: HowPaid,
    monthly: bool,
}

/// A line: there, or to be made.
enum Wanted {
    Item(ProviderItemId),
    Price(PriceSpec),
}

async fn perform(
    s: &Services,
    key: &IdempotencyKey,
    id: &ProviderSubscriptionId,
    change: Change,
) -> Result<payments::provider::Fetched, PaymentError> {
    let Change { lines: wanted, paid, monthly } = change;
    let mut lines = Vec::with_capacity(wanted.len());
    for (line, quantity) in wanted {
        let line = match line {
            Wanted::Item(item) => SeatLine::Item(item),
            Wanted::Price(spec) => SeatLine::New(s.payments().ensure_price(&spec).await?),
        };
        lines.push((line, quantity));
    }
    s.payments().set_seats(key, id, &SeatChange { lines, paid, monthly }, s.now()).await
}

/// Compares what the provider has, as the mirror says it, with what it must have, and writes down what the next step
/// leaves behind. In one transaction with the members, so that whoever joins afterwards leaves a row of their own.
struct Decide<'a> {
    s: &'a Services,
    id: &'a ProviderSubscriptionId,
}

impl Command for Decide<'_> {
    const REQUIRES: Permission = Permission::BillingManage;
    const DEED: Deed = Deed::Settle;
    type Output = Decided;
    type Error = Error;

    async fn run(self, tx: &mut TenantTx) -> Result<Decided, Error> {
        let Self { s, id } = self;
        let now = s.billing_now();
        let found = tx.subscription().await?.filter(|bought| &bought.id == id && takes_changes(bought.status));
        let Some(bought) = found else { return Ok(Decided::Settled) };
        let org = tx.organization().await?;
        // Without a plan of ours, the snapshot that was just applied has said so, loudly.
        let Some(plan) = s.plan_bought(&bought).await? else { return Ok(Decided::Settled) };
        // What begins later first: it moves no money, and what is billed now is changed in its own way afterwards.
        if let Some(then) = then(s, tx, &bought, &org).await? {
            return Ok(if bought.waiting.is_some() { Decided::Awaits } else { Decided::Change(then) });
        }
        let price = bought.interval.and_then(|interval| plan.price(interval, bought.currency));
        let specs = price.map(|price| plan.price_specs(price)).unwrap_or_default();
        let mut change: Option<Change> = None;
        for Need { part, item, quantity, wanted } in needs(&plan, &bought, &org) {
            let line = store::SeatLine { subscription: id, part, from: bought.period.from };
            tx.begin_seat_period(line, quantity, wanted).await?;
            let Some(known) = tx.billed(line, quantity).await? else { continue };
            let Some(step) = next(plan.seats.growth, plan.seats.shrink, bought.period, now, &known, wanted) else {
                continue;
            };
            let to = match item {
                Some(item) => Wanted::Item(item),
                None if !all_ours(&bought) => {
                    tracing::error!(subscription = %id, plan = %plan.key, "billed seats have no line, and others have prices of somebody else");
                    continue;
                }
                None => match specs.iter().find(|spec| spec.part == part) {
                    Some(spec) => Wanted::Price(spec.clone()),
                    None => continue,
                },
            };
            // What else has the same money goes along: two lines, one invoice.
            match &mut change {
                Some(first) if first.paid == step.paid => first.lines.push((to, step.to)),
                Some(_) => continue,
                None => {
                    let monthly = bought.interval == Some(Interval::Year);
                    change = Some(Change { lines: vec![(to, step.to)], paid: step.paid, monthly });
                }
            }
            tx.note_billed(line, &known.after(step, bought.period, now)).await?;
        }
        Ok(match change {
            None => Decided::Settled,
            // It would be replaced by ours, and what is being paid would be lost.
            Some(_) if bought.waiting.is_some() => Decided::Awaits,
            Some(change) => Decided::Change(Todo::Now(change)),
        })
    }
}

/// The number with which a scheduled plan begins, where it is not that of the people any more.
async fn then(s: &Services, tx: &mut TenantTx, bought: &Subscription, org: &OrgRecord) -> Result<Option<Todo>, Error> {
    let Some(next) = bought.scheduled.as_ref().filter(|next| next.seats > 0) else { return Ok(None) };
    let line = bought.lines.iter().find(|line| line.part == Some(Part::PerSeat));
    let plan = match &next.plan {
        Some(key) => s.plan_version(key, next.version.as_deref()).await?,
        None => None,
    };
    let (Some(line), Some(plan)) = (line, plan) else { return Ok(None) };
    let ahead = tx.seats_floor_next().await?.map_or(org.seats_floor, |(seats, _)| seats);
    let seats = seats_then(&plan, &tx.members().await?, &tx.invitations().await?, ahead);
    let then = plan.seats.billable(seats);
    let other = then > 0 && then != next.seats;
    Ok(other.then(|| Todo::Then { item: line.item.clone(), seats: line.quantity, then }))
}
