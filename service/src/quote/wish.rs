//! What somebody wants to have bought instead: whether it is sold to them, and whether anything can be changed now.

use domain::course::Step;
use domain::email::OtherDomain;
use domain::money::MoneyError;
use domain::plan::{Part, Visibility};
use domain::quote::{Cost, NoQuote, PriceOf, WantedLine};
use domain::rollout::{Gate, Stance};
use domain::subscription::Pause;
use domain::view::{ChangeWish, SeatChoice};
use domain::{
    EmailDomain, Interval, Money, Permission, Plan, PlanKey, Price, Refusal, Role, Subscription, SubscriptionStatus,
};
use store::{MemberRecord, OrgRecord, Query, QuoteRecord, SeatLine, TenantRead};

use super::refused;
use crate::{Error, Services, policy, refusal};

/// What a wish is judged by.
pub(crate) struct Look;

/// What a wish is judged by.
pub(crate) struct Found {
    pub(crate) org: OrgRecord,
    pub(crate) role: Role,
    pub(crate) members: Vec<MemberRecord>,
    /// The domain of who asks stands for those that the company has not.
    pub(crate) has_domain: bool,
    pub(crate) subscription: Option<Subscription>,
    pub(crate) under_way: Option<QuoteRecord>,
    /// A line was lowered for the next period, and more than it says is paid for until this one ends.
    pub(crate) lowered: bool,
}

impl Query for Look {
    const REQUIRES: Permission = Permission::OrganizationRead;
    type Output = Found;
    type Error = Error;

    async fn run(self, tx: &mut TenantRead) -> Result<Found, Error> {
        let org = tx.organization().await?;
        let subscription = tx.subscription().await?;
        let mut lowered = false;
        if let Some(bought) = &subscription {
            for line in &bought.lines {
                let Some(part @ (Part::PerSeat | Part::Overage)) = line.part else { continue };
                let of = SeatLine { subscription: &bought.id, part, from: bought.period.from };
                let known = tx.billed(of, line.quantity).await?;
                lowered |= known.and_then(|known| known.kept).is_some_and(|kept| kept > line.quantity);
            }
        }
        Ok(Found {
            lowered,
            role: tx.role(),
            members: tx.members().await?,
            has_domain: !policy::all(tx, &org).await?.is_empty(),
            subscription,
            under_way: tx.quote_under_way().await?,
            org,
        })
    }
}

/// Something that can be changed to.
#[derive(Clone)]
pub(crate) struct Wish {
    pub(crate) plan: Plan,
    pub(crate) interval: Interval,
    pub(crate) seats: u32,
    pub(crate) lines: Vec<WantedLine>,
    pub(crate) bought: Subscription,
    /// The price at the interval of today, if it is sold so.
    like: Option<Price>,
}

impl Wish {
    /// The wish as it was said.
    pub(crate) fn said(&self) -> ChangeWish {
        ChangeWish { plan: self.plan.key.clone(), interval: self.interval, seats: self.seats }
    }

    pub(crate) fn in_trial(&self) -> bool {
        self.bought.status == SubscriptionStatus::Trialing
    }

    /// What a period of it costs.
    pub(crate) fn amount(&self) -> Result<Money, NoQuote> {
        total(self.bought.currency, self.lines.iter().map(|line| (Some(line.unit), line.quantity)))
            .map_err(NoQuote::from)
    }

    /// What there is costs, and what is wanted: at the interval of today if it is sold so.
    pub(crate) fn costs(&self) -> Result<(Cost, Cost), NoQuote> {
        let ours = self.bought.lines.iter().filter(|line| line.part.is_some());
        let today = total(self.bought.currency, ours.map(|line| (line.unit, line.quantity)))?;
        let today = Cost { interval: self.bought.interval.unwrap_or(self.interval), amount: today };
        let wanted = match &self.like {
            Some(price) if self.interval != today.interval => {
                let amount = price.amount(&self.plan.seats, self.seats)?;
                Cost { interval: today.interval, amount }
            }
            _ => Cost { interval: self.interval, amount: self.amount()? },
        };
        Ok((today, wanted))
    }
}

fn total(currency: domain::Currency, lines: impl Iterator<Item = (Option<Money>, u32)>) -> Result<Money, MoneyError> {
    let mut sum = Money::zero(currency);
    for (unit, quantity) in lines {
        sum = sum.plus(unit.unwrap_or(Money::zero(currency)).times(quantity)?)?;
    }
    Ok(sum)
}

/// Why nothing that is bought can be changed now, if it cannot.
pub(crate) fn not_now(s: &Services, found: &Found) -> Option<Refusal> {
    if s.store().rollout().stance(Gate::Plans, found.org.created_at) == Stance::Off {
        return Some(refusal::not_selling());
    }
    let Some(bought) = found.subscription.as_ref().filter(|bought| bought.status.is_live()) else {
        return Some(refused::nothing_bought());
    };
    match bought.status {
        SubscriptionStatus::PastDue => return Some(refused::payment_due()),
        SubscriptionStatus::Unpaid => return Some(refused::unpaid()),
        SubscriptionStatus::Paused => return Some(refused::paused()),
        _ => {}
    }
    if let Some(Pause::Service | Pause::Collection { .. }) = bought.pause {
        return Some(refused::paused());
    }
    if bought.waiting.is_some() || found.under_way.is_some() {
        return Some(refused::waiting());
    }
    // What is paid for and not in the line any more would be paid a second time.
    if found.lowered {
        return Some(refused::settling(bought.period.until));
    }
    bought.may(Step::Buy).err().map(Refusal::from)
}

/// How many seats of a plan can be chosen; `None` where it has no price for each, or is too small.
pub(crate) fn seat_choice(plan: &Plan, interval: Interval, found: &Found) -> Option<SeatChoice> {
    let bought = found.subscription.as_ref()?;
    plan.price(interval, bought.currency)?.per_seat?;
    let (fewest, most) = plan.seats.on_sale(found.org.seats)?.into_inner();
    Some(SeatChoice { fewest, most, now: seats_now(found, bought) })
}

/// The seats that are bought now, for people: those that are billed one by one and those included.
pub(crate) fn seats_now(found: &Found, bought: &Subscription) -> u32 {
    let members = found.org.seats.active.max(found.org.seats_floor);
    if bought.seat_item.is_some() { bought.quantity.max(members) } else { members }
}

/// Judges a wish.
pub(crate) fn check(s: &Services, said: &ChangeWish, found: &Found) -> Result<Wish, Error> {
    if let Some(no) = not_now(s, found) {
        return Err(Error::Refused(no));
    }
    let refused = |no| Err(Error::Refused(no));
    let Some(bought) = found.subscription.clone() else { return refused(refused::nothing_bought()) };
    let Some(today) = bought.plan.clone() else { return refused(refused::foreign_plan()) };
    let plan = &plan(s, &said.plan, &today, &bought)?;
    if plan.bills_use() || bought.lines.iter().any(|line| line.part == Some(Part::Use)) {
        return refused(refused::billed_by_use(plan));
    }
    let Some(price) = plan.price(said.interval, bought.currency) else {
        let sold = plan.prices.iter().any(|price| price.interval == said.interval);
        return refused(if sold {
            refused::other_currency(plan, bought.currency)
        } else {
            refusal::no_such_price(plan)
        });
    };
    if plan.same_domain && !found.has_domain {
        return Err(Error::refused(OtherDomain { theirs: asker_domain(found)?, ours: Vec::new() }));
    }
    let held = found.org.seats;
    let seats = if price.per_seat.is_some() {
        let Some(on_sale) = plan.seats.on_sale(held) else {
            return refused(refusal::plan_too_small(plan, held.held()));
        };
        if !on_sale.contains(&said.seats) {
            return Err(Error::invalid("seats", refusal::seats_out_of_range(&on_sale)));
        }
        said.seats
    } else if plan.seats.limit().cap().is_some_and(|cap| held.held() > cap) {
        return refused(refusal::plan_too_small(plan, held.held()));
    } else {
        held.active.max(1)
    };
    Ok(Wish {
        lines: lines(plan, price, seats, &bought),
        like: bought.interval.and_then(|interval| plan.price(interval, bought.currency)).cloned(),
        plan: plan.clone(),
        interval: said.interval,
        seats,
        bought,
    })
}

/// The plan, if it is sold to who has `today`. What somebody has they may keep as they bought it, whatever became of it
/// since.
fn plan(s: &Services, key: &PlanKey, today: &PlanKey, bought: &Subscription) -> Result<Plan, Error> {
    let refused = |no| Err(Error::Refused(no));
    if key == today
        && let Some(plan) = s.plan_at_hand(bought)
    {
        return Ok(plan);
    }
    let Some(plan) = s.catalog().plan(key) else { return refused(refusal::plan_unknown()) };
    match plan.visibility {
        Visibility::Public | Visibility::Hidden => {}
        Visibility::Legacy => return refused(refusal::plan_unknown()),
    }
    if plan.custom_price && !plan.is_sold() {
        return refused(refusal::plan_on_request(plan));
    }
    if plan.is_free() { refused(refused::free(plan)) } else { Ok(plan.clone()) }
}

fn asker_domain(found: &Found) -> Result<EmailDomain, Error> {
    let owner = found.members.iter().find(|member| member.role == Role::Owner);
    owner
        .map(|owner| owner.email.domain().clone())
        .ok_or_else(|| Error::Broken(anyhow::anyhow!("{} has no owner", found.org.id)))
}

/// The lines of the plan. Who has it keeps their price.
fn lines(plan: &Plan, price: &Price, seats: u32, bought: &Subscription) -> Vec<WantedLine> {
    let line = |spec: domain::plan::PriceSpec| {
        let quantity = match spec.part {
            Part::Base => 1,
            Part::PerSeat => plan.seats.billable(seats),
            Part::Overage => plan.seats.over(seats),
            // Counted, and not chosen.
            Part::Use => 0,
        };
        let kept = bought.lines.iter().find(|line| {
            line.part == Some(spec.part)
                && line.plan.as_ref() == Some(&spec.plan)
                && line.interval == Some(spec.interval)
        });
        let (part, plan, interval) = (spec.part, spec.plan.clone(), spec.interval);
        let (unit, price) = match kept.and_then(|line| Some((line.unit?, line.price.clone()))) {
            Some((unit, price)) => (unit, PriceOf::Kept(price)),
            None => (spec.unit, PriceOf::Sold(spec)),
        };
        (quantity > 0).then_some(WantedLine { part, plan, interval, unit, quantity, price })
    };
    plan.price_specs(price).into_iter().filter_map(line).collect()
}
