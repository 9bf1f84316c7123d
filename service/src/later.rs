//! Something smaller from the next period on: what it would do to whom, said beforehand, and scheduled only as it was said.
//!
//! The rehearsal is made anew each time from what is true now, and its hash stands for all of it: plan, price, day, whose
//! seats rest. Who confirms sends the hash along; when somebody has come or gone in between, it is another one, and nothing
//! is scheduled. At the day itself the provider's snapshot brings the plan, and the rule that was rehearsed moves the seats.

use data_encoding::HEXLOWER;
use domain::course::Step;
use domain::email::OtherDomain;
use domain::ids::{InvitationId, MemberId};
use domain::plan::{Part, PriceSpec, Visibility};
use domain::quote::{Cost, When};
use domain::rehearsal::{losses, of_plan};
use domain::rollout::{Gate, Stance};
use domain::seat::Keeps;
use domain::view::{LaterLine, LaterView};
use domain::{EmailAddress, Interval, Money, Permission, Plan, PlanKey, Subscription, Timestamp};
use payments::provider::CheckoutLine;
use payments::provider::course::NextPhase;
use serde_json::json;
use sha2::{Digest, Sha256};
use store::MemberRecord;

use crate::phase::{self, Found, Look, broken, paid};
use crate::seats::seats_then;
use crate::{Caller, Error, Services, course, desk, door, refusal};

/// What would begin with the next period: for whom, at what price, with whose seats.
///
/// # Errors
/// [`Error::NotFound`], [`Error::Forbidden`], [`Error::Refused`] with `plan-unknown`, `plan-free`, `plan-on-request`,
/// `no-such-price`, `same-plan`, `begins-now`, `no-company-domain`, `nothing-bought`, `plan-ends`, `plan-paused` or
/// `payment-due`.
pub async fn later(s: &Services, caller: &Caller, slug: &str, plan: &str, interval: &str) -> Result<LaterView, Error> {
    let scope = door::open(s, caller, slug).await?;
    scope.may(Permission::BillingManage)?;
    let found = scope.read(Look).await?;
    let next = Next::check(s, caller, &found, plan, interval)?;
    let people = People::of(&found, &next.keeps);
    let scheduled = found.bought.as_ref().and_then(|bought| bought.scheduled.as_ref());
    let same =
        scheduled.is_some_and(|it| (it.plan.as_ref(), it.interval) == (Some(&next.plan.key), Some(next.interval)));
    let other = scheduled.filter(|_| !same).and_then(|it| it.plan.as_ref()).and_then(|key| s.catalog().plan(key));
    let now = &*s.plan_of(&found.org).await?;
    Ok(LaterView {
        from: now.name.clone(),
        plan: next.plan.key.to_string(),
        to: next.plan.name.clone(),
        interval: next.interval,
        at: next.at,
        total: next.total()?,
        lines: next.lines()?,
        losses: losses(now, next.plan),
        scheduled: same,
        replaces: other.map(|plan| plan.name.clone()),
        hash: next.hash(&people)?,
        keep: people.keep,
        rest: people.rest,
        uninvited: people.uninvited,
        back: people.back,
        desk: desk::draw(s, caller, &found.org, found.role).await?,
    })
}

/// Schedules it at the provider, if it is still what `hash` stands for. It can be undone until the day.
///
/// # Errors
/// As [`later`], and [`Error::Refused`] with `rehearsal-changed` or `payments-away`.
pub async fn schedule_change(
    s: &Services,
    caller: &Caller,
    slug: &str,
    plan: &str,
    interval: &str,
    hash: &str,
) -> Result<(), Error> {
    let scope = door::open(s, caller, slug).await?;
    scope.may(Permission::BillingManage)?;
    let _turn = s.turns().take(scope.org()).await;
    let found = scope.read(Look).await?;
    let next = Next::check(s, caller, &found, plan, interval)?;
    if next.hash(&People::of(&found, &next.keeps))? != hash {
        return Err(Error::Refused(refusal::rehearsal_changed()));
    }
    let mut lines = Vec::new();
    for (spec, quantity) in &next.prices {
        lines.push(CheckoutLine { price: s.payments().ensure_price(spec).await?, quantity: *quantity });
    }
    let next_phase = NextPhase { lines, interval: next.interval, moved: false };
    let bought = course::bought(&scope, Step::Schedule).await?;
    let more = json!({ "to": next.plan.key, "interval": next.interval, "at": next.at.rfc3339() });
    let ask = course::Ask { s, action: "subscription.change_asked", of: &bought, more };
    scope.execute(ask, s.now()).await?;
    let (key, at) = (course::key(s, "later"), next.at);
    course::step(s, scope.org(), &bought.id, Step::Schedule, move |s, id| async move {
        // A period that has ended since has taken the day along.
        let seen = s.payments().subscription(&id, s.now()).await?;
        if seen.subscription.period.until != at {
            return Ok(seen);
        }
        s.payments().schedule(&key, &id, &next_phase, s.now()).await
    })
    .await
}

/// What would begin.
struct Next<'a> {
    of: &'a Subscription,
    plan: &'a Plan,
    interval: Interval,
    at: Timestamp,
    prices: Vec<(PriceSpec, u32)>,
    keeps: Keeps<MemberId, InvitationId>,
}

impl<'a> Next<'a> {
    fn check(s: &'a Services, caller: &Caller, found: &'a Found, plan: &str, interval: &str) -> Result<Self, Error> {
        let refused = |why| Err(Error::Refused(why));
        let Some(bought) = &found.bought else { return Err(Error::refused(domain::course::NotThisStep::NotThere)) };
        bought.may(Step::Schedule).map_err(Error::refused)?;
        if s.store().rollout().stance(Gate::Plans, found.org.created_at) == Stance::Off {
            return refused(refusal::not_selling());
        }
        let key: Option<PlanKey> = plan.parse().ok();
        let Some(plan) = key.and_then(|key| s.catalog().plan(&key)) else { return refused(refusal::plan_unknown()) };
        if plan.visibility == Visibility::Legacy && bought.plan.as_ref() != Some(&plan.key) {
            return refused(refusal::plan_unknown());
        }
        if plan.custom_price && !plan.is_sold() {
            return refused(refusal::plan_on_request(plan));
        }
        if plan.is_free() {
            return refused(refusal::plan_free(plan));
        }
        let interval: Option<Interval> = interval.parse().ok();
        let priced = interval.and_then(|interval| Some((interval, plan.price(interval, bought.currency)?)));
        let Some((interval, price)) = priced else { return refused(refusal::no_such_price(plan)) };
        if (bought.plan.as_ref(), bought.interval) == (Some(&plan.key), Some(interval)) {
            return refused(refusal::same_plan(plan));
        }
        if plan.bills_use() || bought.lines.iter().any(|line| line.part == Some(Part::Use)) {
            return refused(crate::quote::refused::billed_by_use(plan));
        }
        if plan.same_domain && !found.has_domain {
            return Err(Error::refused(OtherDomain { theirs: caller.email.domain().clone(), ours: Vec::new() }));
        }
        let keeps = of_plan(plan, &found.people(), &found.guests());
        let seats = seats_then(plan, &found.members, &found.invitations, found.ahead);
        let prices = phase::lines(plan, price, seats);
        let next = Self { of: bought, plan, interval, at: bought.period.until, prices, keeps };
        let today = Cost { interval: bought.interval.unwrap_or(interval), amount: paid(bought)? };
        let like_today = plan.price(today.interval, bought.currency).map_or(Ok(next.cost()?), |price| {
            let amount = price.amount(&plan.seats, seats).map_err(broken)?;
            Ok::<_, Error>(Cost { interval: today.interval, amount })
        })?;
        let trial = bought.status == domain::SubscriptionStatus::Trialing;
        match When::of(today, like_today, interval, trial) {
            When::AtPeriodEnd => Ok(next),
            When::Now => refused(refusal::begins_now(plan)),
        }
    }

    fn cost(&self) -> Result<Cost, Error> {
        Ok(Cost { interval: self.interval, amount: self.total()? })
    }

    fn lines(&self) -> Result<Vec<LaterLine>, Error> {
        let line = |(spec, quantity): &(PriceSpec, u32)| {
            let words = match spec.part {
                Part::Base => self.plan.name.clone(),
                Part::PerSeat => format!("{}, for each seat", self.plan.name),
                Part::Use => format!("{}, use", self.plan.name),
                Part::Overage => format!("{}, for each seat beyond those included", self.plan.name),
            };
            let amount = spec.unit.times(*quantity).map_err(broken)?;
            Ok(LaterLine { words, quantity: *quantity, unit: spec.unit, amount })
        };
        self.prices.iter().map(line).collect()
    }

    fn total(&self) -> Result<Money, Error> {
        phase::total(self.of.currency, &self.prices)
    }

    /// Stands for what is said: the subscription, the plan, the price, the day, and whom it moves.
    fn hash(&self, people: &People) -> Result<String, Error> {
        let prices: Vec<_> = self.prices.iter().map(|(spec, quantity)| (spec.lookup_key(), quantity)).collect();
        let said = json!({
            "subscription": self.of.id, "plan": self.plan.key, "interval": self.interval, "at": self.at.secs(),
            "prices": prices, "rest": people.rest, "uninvited": people.uninvited, "back": people.back,
        });
        let said = serde_json::to_vec(&said).map_err(|error| Error::Broken(error.into()))?;
        Ok(HEXLOWER.encode(&Sha256::digest(said)))
    }
}

/// Whom it moves, by their addresses.
struct People {
    keep: Vec<EmailAddress>,
    rest: Vec<EmailAddress>,
    uninvited: Vec<EmailAddress>,
    back: Vec<EmailAddress>,
}

impl People {
    fn of(found: &Found, keeps: &Keeps<MemberId, InvitationId>) -> Self {
        let member = |id: &MemberId| found.members.iter().find(|member| member.id == *id).map(|it| it.email.clone());
        let guest = |id: &InvitationId| found.invitations.iter().find(|it| it.id == *id).map(|it| it.email.clone());
        let stays = |member: &&MemberRecord| member.suspension.is_none() && !keeps.suspend.contains(&member.id);
        Self {
            keep: found.members.iter().filter(stays).map(|member| member.email.clone()).collect(),
            rest: keeps.suspend.iter().filter_map(member).collect(),
            uninvited: keeps.cancel.iter().filter_map(guest).collect(),
            back: keeps.back.iter().filter_map(member).collect(),
        }
    }
}
