//! What the till does with a subscription in the course of time.

use async_trait::async_trait;
use domain::plan::{Part, PriceSpec};
use domain::subscription::{
    Pause, ProviderItemId, ProviderScheduleId, ProviderSubscriptionId, Scheduled, SubscriptionStatus,
};
use domain::time::Period;
use domain::{Money, Subscription, Timestamp};
use payments::PaymentError;
use payments::provider::course::{Course, Leaving, NewPortal, NextPhase, Swap};
use payments::provider::{Fetched, IdempotencyKey};

use super::{Inside, Till, refused};

impl Inside {
    /// Does something once for each key, and says what is there afterwards.
    fn once(
        &mut self,
        key: &IdempotencyKey,
        call: String,
        id: &ProviderSubscriptionId,
        now: Timestamp,
        change: impl FnOnce(&mut Subscription) -> Result<(), PaymentError>,
    ) -> Result<Fetched, PaymentError> {
        if self.replay(key, &call)?.is_none() {
            let found = &mut self.find(id)?.subscription;
            if found.status.is_terminal() {
                return Err(refused("resource_missing"));
            }
            change(found)?;
            self.keys.insert(key.0.clone(), (call, String::new()));
        }
        let mut found = self.find(id)?.clone();
        found.subscription.fetched_at = now;
        Ok(found)
    }
}

fn total(specs: &[(PriceSpec, u32)]) -> Option<Money> {
    let amounts = specs.iter().map(|(spec, quantity)| spec.unit.times(*quantity).unwrap());
    amounts.reduce(|sum, amount| sum.plus(amount).unwrap())
}

#[async_trait]
impl Course for Till {
    async fn cancel_at_end(
        &self,
        key: &IdempotencyKey,
        id: &ProviderSubscriptionId,
        why: &Leaving,
        now: Timestamp,
    ) -> Result<Fetched, PaymentError> {
        self.ask(|inside| {
            inside.leaving.push(why.clone());
            inside.once(key, format!("end {id} {why:?}"), id, now, |it| {
                (it.ends_at, it.ends_with_period, it.scheduled) = (Some(it.period.until), true, None);
                Ok(())
            })
        })
        .await
    }

    async fn resume(
        &self,
        key: &IdempotencyKey,
        id: &ProviderSubscriptionId,
        now: Timestamp,
    ) -> Result<Fetched, PaymentError> {
        self.ask(|inside| {
            inside.once(key, format!("resume {id}"), id, now, |it| {
                (it.ends_at, it.ends_with_period) = (None, false);
                Ok(())
            })
        })
        .await
    }

    async fn pause(
        &self,
        key: &IdempotencyKey,
        id: &ProviderSubscriptionId,
        now: Timestamp,
    ) -> Result<Fetched, PaymentError> {
        self.ask(|inside| {
            inside.once(key, format!("pause {id}"), id, now, |it| {
                if it.scheduled.is_some() {
                    return Err(refused("subscription_managed_by_schedule"));
                }
                (it.status, it.pause) = (SubscriptionStatus::Paused, Some(Pause::Service));
                Ok(())
            })
        })
        .await
    }

    async fn unpause(
        &self,
        key: &IdempotencyKey,
        id: &ProviderSubscriptionId,
        now: Timestamp,
    ) -> Result<Fetched, PaymentError> {
        self.ask(|inside| {
            inside.once(key, format!("unpause {id}"), id, now, |it| {
                if it.status == SubscriptionStatus::Paused {
                    let long = it.period.until.since(it.period.from);
                    it.status = SubscriptionStatus::Active;
                    it.period = Period { from: now, until: now.plus(long) };
                }
                it.pause = None;
                Ok(())
            })
        })
        .await
    }

    async fn end_trial(
        &self,
        key: &IdempotencyKey,
        id: &ProviderSubscriptionId,
        now: Timestamp,
    ) -> Result<Fetched, PaymentError> {
        self.ask(|inside| {
            inside.once(key, format!("trial {id}"), id, now, |it| {
                if it.status == SubscriptionStatus::Trialing {
                    it.trial_ends_at = Some(now);
                    it.status = match it.card {
                        Some(_) => SubscriptionStatus::Active,
                        None => SubscriptionStatus::PastDue,
                    };
                }
                Ok(())
            })
        })
        .await
    }

    async fn open_portal(&self, new: &NewPortal) -> Result<String, PaymentError> {
        self.ask(|inside| {
            if !inside.customers.contains(&new.customer) {
                return Err(refused("resource_missing"));
            }
            inside.portals.push(new.clone());
            Ok(format!("https://pay.test/portal/{}", inside.portals.len()))
        })
        .await
    }

    async fn schedule(
        &self,
        key: &IdempotencyKey,
        id: &ProviderSubscriptionId,
        next: &NextPhase,
        now: Timestamp,
    ) -> Result<Fetched, PaymentError> {
        self.ask(|inside| {
            let specs: Vec<_> = next
                .lines
                .iter()
                .map(|line| {
                    let known = inside.prices.iter().find(|spec| spec.lookup_key() == line.price.0);
                    known.map(|spec| (spec.clone(), line.quantity)).ok_or_else(|| refused("resource_missing"))
                })
                .collect::<Result<_, _>>()?;
            inside.once(key, format!("schedule {id} {next:?}"), id, now, |it| {
                if it.ends_at.is_some() {
                    return Err(refused("subscription_ends"));
                }
                let seats = specs.iter().find(|(spec, _)| spec.part == Part::PerSeat);
                it.scheduled = Some(Scheduled {
                    id: ProviderScheduleId(format!("sub_sched_{id}")),
                    at: it.period.until,
                    plan: specs.first().map(|(spec, _)| spec.plan.clone()),
                    interval: Some(next.interval),
                    seats: seats.map_or(0, |(_, quantity)| *quantity),
                    version: specs.first().map(|(spec, _)| spec.version.clone()),
                    total: total(&specs),
                    moved: next.moved,
                });
                Ok(())
            })
        })
        .await
    }

    async fn swap_prices(
        &self,
        key: &IdempotencyKey,
        id: &ProviderSubscriptionId,
        lines: &[Swap],
        now: Timestamp,
    ) -> Result<Fetched, PaymentError> {
        self.ask(|inside| {
            let specs: Vec<_> = lines
                .iter()
                .map(|line| inside.prices.iter().find(|spec| spec.lookup_key() == line.price.0).cloned())
                .collect::<Option<_>>()
                .ok_or_else(|| refused("resource_missing"))?;
            inside.swaps.push(lines.to_vec());
            inside.once(key, format!("swap {id} {lines:?}"), id, now, |it| {
                it.scheduled = None;
                for (swap, spec) in lines.iter().zip(specs) {
                    let line = it.lines.iter_mut().find(|line| line.item == swap.item);
                    let line = line.ok_or_else(|| refused("resource_missing"))?;
                    assert_eq!(line.unit, Some(spec.unit), "a price that comes to the same");
                    (line.price, line.version) = (swap.price.clone(), Some(spec.version));
                    line.quantity = swap.quantity;
                }
                Ok(())
            })
        })
        .await
    }

    async fn release(
        &self,
        key: &IdempotencyKey,
        id: &ProviderSubscriptionId,
        now: Timestamp,
    ) -> Result<Fetched, PaymentError> {
        self.ask(|inside| {
            inside.once(key, format!("release {id}"), id, now, |it| {
                it.scheduled = None;
                Ok(())
            })
        })
        .await
    }

    async fn set_seats_in_schedule(
        &self,
        key: &IdempotencyKey,
        id: &ProviderSubscriptionId,
        item: &ProviderItemId,
        seats: u32,
        then: u32,
        now: Timestamp,
    ) -> Result<Fetched, PaymentError> {
        self.ask(|inside| {
            inside.quantities.push(seats);
            inside.once(key, format!("seats {id} {item} {seats} {then}"), id, now, |it| {
                let Some(next) = &mut it.scheduled else {
                    return Err(PaymentError::Unknown("nothing is scheduled".to_owned()));
                };
                next.seats = if next.seats > 0 { then } else { 0 };
                it.quantity = seats;
                it.lines.iter_mut().filter(|line| &line.item == item).for_each(|line| line.quantity = seats);
                Ok(())
            })
        })
        .await
    }
}
