//! What a move does to one organization: a function of what the mirror says.

use domain::course::{NotThisStep, Step};
use domain::ids::{InvitationId, MemberId};
use domain::plan::{Part, PriceSpec, differences, is_no_worse};
use domain::rehearsal::of_plan;
use domain::subscription::ProviderItemId;
use domain::{Interval, Plan, Price, Refusal, Subscription};

use super::wish::Wish;
use super::{Fate, MoveRow, refused};
use crate::phase::{self, Found};
use crate::seats::seats_then;
use crate::{Error, Services};

/// A row of what is shown, and what is to be done for it.
pub(super) struct Judged {
    pub(super) row: MoveRow,
    pub(super) deed: Option<Deed>,
}

/// What the provider is asked to do.
pub(super) enum Deed {
    /// Another price for each of these lines, now.
    Swap(Vec<(ProviderItemId, PriceSpec, u32)>),
    /// These lines with the next period.
    Schedule(Vec<(PriceSpec, u32)>, Interval),
}

/// Says what becomes of it.
pub(super) async fn judge(s: &Services, wish: &Wish, found: &Found) -> Result<Judged, Error> {
    let version = found.org.plan_version.as_ref().map(|version| format!("@{version}")).unwrap_or_default();
    let row = MoveRow {
        org: found.org.id,
        slug: found.org.slug.clone(),
        from: format!("{}{version}", found.org.plan),
        fate: Fate::Over,
        price: None,
        differences: Vec::new(),
        rest: Vec::new(),
        uninvited: Vec::new(),
    };
    let only = |fate| Ok(Judged { row: MoveRow { fate, ..row.clone() }, deed: None });
    let Some(bought) = found.bought.as_ref().filter(|bought| bought.status.is_live()) else { return only(Fate::Over) };
    if bought.plan.as_ref() == Some(&wish.to.key) && bought.version() == Some(&*wish.to_version) {
        return only(Fate::There);
    }
    let (Some(had), Some(interval)) = (s.plan_bought(bought).await?, bought.interval) else {
        return only(Fate::Blocked(refused::foreign()));
    };
    if had.key != wish.from || !wish.concerns(found.org.plan_version.as_deref()) {
        return only(Fate::Blocked(refused::changed()));
    }
    if let Some(next) = &bought.scheduled
        && (next.plan.as_ref(), next.version.as_deref()) == (Some(&wish.to.key), Some(&*wish.to_version))
    {
        return only(Fate::Arranged(next.at));
    }
    let (had_price, price) = match prices(wish, &had, bought, interval, found) {
        Ok(prices) => prices,
        Err(why) => return only(Fate::Blocked(why)),
    };
    let lines = phase::lines(&wish.to, price, seats_then(&wish.to, &found.members, &found.invitations, found.ahead));
    let (now, then) = (phase::paid(bought)?, phase::total(bought.currency, &lines)?);
    let differences = differences(&had, &wish.to);
    if let Some(swap) = swap(wish, (&had, had_price), price, bought) {
        let row = MoveRow { fate: Fate::AtOnce, price: Some((now, now, interval)), differences, ..row };
        return Ok(Judged { row, deed: Some(Deed::Swap(swap)) });
    }
    let keeps = of_plan(&wish.to, &found.people(), &found.guests());
    let member = |id: &MemberId| found.members.iter().find(|it| it.id == *id).map(|it| it.email.clone());
    let guest = |id: &InvitationId| found.invitations.iter().find(|it| it.id == *id).map(|it| it.email.clone());
    let row = MoveRow {
        fate: Fate::At(bought.period.until),
        price: Some((now, then, interval)),
        differences,
        rest: keeps.suspend.iter().filter_map(member).collect(),
        uninvited: keeps.cancel.iter().filter_map(guest).collect(),
        ..row
    };
    Ok(Judged { row, deed: Some(Deed::Schedule(lines, interval)) })
}

/// The price that it pays, if its version has it, and the one that it would; why not, if it cannot be moved now.
fn prices<'a>(
    wish: &'a Wish,
    had: &'a Plan,
    bought: &Subscription,
    interval: Interval,
    found: &Found,
) -> Result<(Option<&'a Price>, &'a Price), Refusal> {
    bought.may(Step::Schedule).map_err(|no| match no {
        NotThisStep::Ends(at) => refused::ends(at),
        NotThisStep::Paused => refused::paused(),
        NotThisStep::PaymentDue => refused::payment_due(),
        other => Refusal::from(other),
    })?;
    if bought.is_paused() {
        return Err(refused::paused());
    }
    if bought.waiting.is_some() || found.under_way {
        return Err(refused::waiting());
    }
    if let Some(next) = bought.scheduled.as_ref().filter(|next| next.is_other_than(bought)) {
        return Err(refused::arranged(next.at));
    }
    let uses = bought.lines.iter().any(|line| line.part == Some(Part::Use));
    if uses || had.bills_use() || wish.to.bills_use() {
        return Err(refused::billed_by_use());
    }
    let price = wish.to.price(interval, bought.currency);
    let price = price.ok_or_else(|| refused::not_sold(&wish.to, interval, bought.currency.code()))?;
    if wish.to.same_domain && !found.has_domain {
        return Err(refused::no_domain(&wish.to));
    }
    Ok((had.price(interval, bought.currency), price))
}

/// The lines with their new prices, if that is another version of the same plan, costs the same and has nothing less. What
/// is arranged for the next period stays as it is: then this waits for it, too.
fn swap(
    wish: &Wish,
    (had, had_price): (&Plan, Option<&Price>),
    price: &Price,
    bought: &Subscription,
) -> Option<Vec<(ProviderItemId, PriceSpec, u32)>> {
    let same = bought.plan.as_ref() == Some(&wish.to.key) && bought.scheduled.is_none();
    if !same || !is_no_worse((had, had_price?), (&wish.to, price)) {
        return None;
    }
    let specs = wish.to.price_specs(price);
    let ours = bought.lines.iter().filter(|line| line.part.is_some());
    ours.map(|line| {
        let spec = specs.iter().find(|spec| line.part == Some(spec.part) && line.unit == Some(spec.unit))?;
        Some((line.item.clone(), spec.clone(), line.quantity))
    })
    .collect()
}
