//! The page where plan, interval and seats are changed.

use std::sync::Arc;

use domain::ids::QuoteId;
use domain::view::{ChangeAnswer, ChangeView, ChangeWish, Placed, PlacedView, QuoteSheet, WaitingChange};
use domain::{Interval, Permission, Plan, PlanKey, Role, Subscription};
use store::{QuoteOutcome, QuoteRecord, QuoteState, TenantScope};

use crate::quote::finish::LookAt;
use crate::quote::{Found, Look, Offer, Wish, check, not_now, refused, seat_choice, seats_now};
use crate::{Caller, Error, Services, billing, desk, door, quote, refusal, sync_subscription};

/// What is chosen on the page, as far as something is.
#[derive(Clone, Debug, Default)]
pub struct ChangeInput {
    /// The key of the plan.
    pub plan: Option<String>,
    /// `month` or `year`.
    pub interval: Option<String>,
    /// How many seats.
    pub seats: Option<u32>,
    /// A quote that was agreed to: what became of it is shown instead.
    pub quote: Option<String>,
}

/// The choice with what it costs, for any member: who may not choose learns whom to ask.
///
/// What it costs is asked at the provider and kept for 15 minutes, in which it can be agreed to with
/// [`crate::confirm_quote()`]. A quote that waits for its payment is looked for at the provider at once.
///
/// # Errors
/// [`Error::NotFound`] for a stranger, for an organization that is not there and for a quote of another one;
/// [`Error::Busy`].
pub async fn change(s: &Services, caller: &Caller, slug: &str, input: ChangeInput) -> Result<ChangeView, Error> {
    let scope = door::open(s, caller, slug).await?;
    let mut found = scope.read(Look).await?;
    let may = found.role.may(Permission::BillingManage);
    let placed = match input.quote.as_deref().filter(|_| may) {
        Some(id) => {
            let placed = Box::pin(placed(s, &scope, id)).await?;
            found = scope.read(Look).await?;
            placed
        }
        None => None,
    };
    let plan = Arc::unwrap_or_clone(s.plan_of(&found.org).await?);
    let (chosen, said) = said(s, &found, &plan, &input);
    let answer = match (placed, said) {
        (Some(placed), _) => ChangeAnswer::Placed(Box::new(placed)),
        (None, _) if !may => ChangeAnswer::Nothing,
        (None, said) => match (not_now(s, &found), said) {
            (Some(no), _) => ChangeAnswer::Refused(no),
            (None, Said::Nothing) => ChangeAnswer::Nothing,
            (None, Said::Unknown) => ChangeAnswer::Refused(refusal::plan_unknown()),
            (None, Said::Wish) => Box::pin(answer(s, &scope, caller, &chosen, &found)).await?,
        },
    };
    let mut plans: Vec<Plan> = s.catalog().public().filter(|plan| plan.is_sold()).cloned().collect();
    if plans.iter().all(|sold| sold.key != plan.key) && plan.is_sold() {
        plans.push(plan.clone());
        plans.sort_by_key(|plan| plan.order);
    }
    let wanted = if chosen.plan == plan.key { Some(&plan) } else { s.catalog().plan(&chosen.plan) };
    let seats = wanted.and_then(|plan| seat_choice(plan, chosen.interval, &found));
    let bought_plan = match &found.subscription {
        Some(bought) => s.plan_bought(bought).await?,
        None => None,
    };
    let owners = found.members.iter().filter(|member| member.role == Role::Owner).map(|owner| owner.email.clone());
    Ok(ChangeView {
        subscription: found
            .subscription
            .as_ref()
            .and_then(|bought| billing::subscription(bought_plan.as_deref(), bought)),
        owners: owners.collect(),
        desk: desk::draw(s, caller, &found.org, found.role).await?,
        plan,
        plans,
        wish: chosen,
        seats,
        answer,
    })
}

async fn answer(
    s: &Services,
    scope: &TenantScope,
    caller: &Caller,
    chosen: &ChangeWish,
    found: &Found,
) -> Result<ChangeAnswer, Error> {
    let wish: Wish = match check(s, chosen, found) {
        Ok(wish) => wish,
        Err(Error::Refused(no) | Error::Invalid { problem: no, .. }) => return Ok(ChangeAnswer::Refused(no)),
        Err(error) => return Err(error),
    };
    Ok(match quote::make(s, scope, caller, wish).await? {
        Offer::Quote(quote) => ChangeAnswer::Quote(quote),
        Offer::AtPeriodEnd(then) => ChangeAnswer::AtPeriodEnd(then),
        Offer::Refused(no) => ChangeAnswer::Refused(no),
    })
}

/// Whether something was chosen.
enum Said {
    Nothing,
    Unknown,
    Wish,
}

/// What is chosen; where nothing is said, what there is.
fn said(s: &Services, found: &Found, plan: &Plan, input: &ChangeInput) -> (ChangeWish, Said) {
    let bought = found.subscription.as_ref();
    let today = bought.and_then(|bought| bought.plan.clone()).unwrap_or_else(|| plan.key.clone());
    let word = input.plan.as_deref().filter(|word| !word.is_empty());
    let key: Option<PlanKey> = word.map_or_else(|| Some(today.clone()), |word| word.parse().ok());
    let known = key.and_then(|key| if key == plan.key { Some(plan) } else { s.catalog().plan(&key) });
    let wanted = known.unwrap_or(plan);
    let asked: Option<Interval> = input.interval.as_deref().and_then(|word| word.parse().ok());
    let now = bought.and_then(|bought| bought.interval).unwrap_or(Interval::Year);
    // A plan that is only sold by the year is meant by the year.
    let sold = |interval: &Interval| {
        bought.is_none_or(|bought| wanted.price(*interval, bought.currency).is_some() || wanted.prices.is_empty())
    };
    let only = wanted.prices.first().map_or(now, |price| price.interval);
    let interval = asked.unwrap_or_else(|| if sold(&now) { now } else { only });
    let choice = seat_choice(wanted, interval, found);
    let here = bought.map_or(found.org.seats.active, |bought| seats_now(found, bought));
    let seats = match (input.seats, choice) {
        (Some(seats), _) => seats,
        (None, Some(choice)) => here.clamp(choice.fewest, choice.most),
        (None, None) => here.max(1),
    };
    let wish = ChangeWish { plan: wanted.key.clone(), interval, seats };
    let same = wish.plan == today && interval == now && (choice.is_none() || seats == here);
    let said = match (known, same) {
        (None, _) => Said::Unknown,
        (Some(_), true) => Said::Nothing,
        (Some(_), false) => Said::Wish,
    };
    (wish, said)
}

/// What became of a quote that was agreed to; `None` for one that was not.
async fn placed(s: &Services, scope: &TenantScope, id: &str) -> Result<Option<PlacedView>, Error> {
    let id: QuoteId = id.parse().map_err(|_| Error::NotFound)?;
    let quote = scope.read(LookAt { id }).await?.ok_or(Error::NotFound)?;
    let quote = match quote.state {
        QuoteState::Waiting { .. } => {
            match sync_subscription(s, scope.org(), &quote.subscription).await {
                Ok(()) => {}
                // It is known as of the last time, and its webhook comes.
                Err(error @ (Error::Busy | Error::Refused(_))) => tracing::info!(quote = %id, %error, "looked in vain"),
                Err(error) => return Err(error),
            }
            scope.read(LookAt { id }).await?.ok_or(Error::NotFound)?
        }
        QuoteState::Offered | QuoteState::Confirmed { .. } | QuoteState::Closed { .. } => quote,
    };
    let sheet: QuoteSheet = serde_json::from_str(&quote.offer).map_err(|error| Error::Broken(error.into()))?;
    let still = scope.read(Look).await?.subscription;
    let until = still.as_ref().and_then(|bought| bought.waiting.as_ref()).map(|waiting| waiting.expires_at);
    let state = match &quote.state {
        QuoteState::Offered => return Ok(None),
        QuoteState::Confirmed { .. } => Placed::OnItsWay,
        QuoteState::Waiting { pay_url, .. } => Placed::Waiting { pay_url: pay_url.clone(), until },
        QuoteState::Closed { outcome: QuoteOutcome::Applied, .. } => Placed::Done,
        QuoteState::Closed { reason, .. } => {
            let given_up =
                sheet.gives_up.as_ref().filter(|what| !still.as_ref().is_some_and(|is| what.is_arranged_in(is)));
            Placed::Refused(refused::not_made(reason.as_deref(), given_up))
        }
    };
    Ok(Some(PlacedView { id, sheet, state }))
}

/// The change that waits for its payment, for the billing tab.
pub(crate) fn waiting(
    s: &Services,
    bought: Option<&Subscription>,
    under_way: Option<&QuoteRecord>,
) -> Option<WaitingChange> {
    let bought = bought?;
    let waiting = bought.waiting.as_ref()?;
    let quote = under_way.filter(|quote| quote.subscription == bought.id);
    let pay_url = quote.and_then(|quote| match &quote.state {
        QuoteState::Waiting { pay_url, .. } => pay_url.clone(),
        QuoteState::Offered | QuoteState::Confirmed { .. } | QuoteState::Closed { .. } => None,
    });
    let other = waiting.plan.as_ref().filter(|plan| bought.plan.as_ref() != Some(plan));
    Some(WaitingChange {
        more_seats: waiting.seats.saturating_sub(bought.quantity),
        plan: other.and_then(|key| s.catalog().plan(key)).map(|plan| plan.name.clone()),
        pay_url,
        quote: quote.map(|quote| quote.id),
        until: waiting.expires_at,
    })
}
