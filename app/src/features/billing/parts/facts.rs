//! The two cards: what is bought, and who sits on it.

use domain::view::{BillingView, SubscriptionView};
use domain::{Access, Permission, SubscriptionStatus as Status};
use leptos::prelude::*;

use crate::components::money::{Amount, every};
use crate::components::seat_row::{SeatRow, sentence};
use crate::components::time::Day;
use crate::routes::Page;

/// The word for a status, and its colour. The colour only repeats the word.
#[must_use]
pub const fn status_word(status: Status, ending: bool) -> (&'static str, &'static str) {
    match status {
        Status::Active if ending => ("Ending", "status status-warn"),
        Status::Active => ("Active", "status status-good"),
        Status::Trialing => ("Trial", "status status-good"),
        Status::PastDue => ("Past due", "status status-warn"),
        Status::Unpaid => ("Unpaid", "status status-bad"),
        Status::Paused => ("Paused", "status"),
        Status::Incomplete => ("Payment unfinished", "status status-warn"),
        Status::IncompleteExpired | Status::Canceled => ("Ended", "status"),
    }
}

/// While the members have changed and the bill has not yet.
pub(crate) const ON_ITS_WAY: &str = "The new number of seats is on its way to the payment service.";

/// The plan and its money.
#[component]
pub fn PlanFacts(
    /// Everything.
    view: BillingView,
) -> impl IntoView {
    let BillingView { plan, subscription, desk, .. } = view;
    let words = match desk.access {
        Access::ReadOnly => "It has ended, and nothing is billed. Choose a plan below.",
        _ => "Nothing is billed. Choose a plan below when you need more.",
    };
    let live = subscription.filter(|bought| bought.status.is_live());
    match live {
        Some(bought) => {
            let change = desk.role.may(Permission::BillingManage).then(|| Page::Change.at(&desk.slug));
            view! { <Bought name=plan.name bought change/> }.into_any()
        }
        None => view! {
            <section class="card" aria-labelledby="your-plan">
                <header class="card-head"><h2 id="your-plan">"Plan"</h2></header>
                <p class="card-name">{plan.name}</p>
                <p class="figure">"$0"</p>
                <p class="card-note">{words}</p>
            </section>
        }
        .into_any(),
    }
}

#[component]
fn Bought(name: String, bought: SubscriptionView, change: Option<String>) -> impl IntoView {
    let (word, class) = status_word(bought.status, bought.ends_at.is_some());
    let renews = bought.ends_at.is_none() && !matches!(bought.status, Status::Paused | Status::Unpaid);
    let sum = bought.per_seat.map(|seat| {
        let seats = if bought.quantity == 1 { "1 seat".to_owned() } else { format!("{} seats", bought.quantity) };
        view! { <p class="card-note">{seats}" at "<span><Amount money=seat/>" per seat"</span></p> }
    });
    view! {
        <section class="card" aria-labelledby="your-plan">
            <header class="card-head">
                <h2 id="your-plan">"Plan"</h2>
                <span class=class>{word}</span>
            </header>
            <p class="card-name">{name}</p>
            <p class="figure"><Amount money=bought.total/><small>{every(bought.interval)}</small></p>
            {sum}
            <dl class="facts">
                {if renews {
                    let first = bought.trial_ends_at.filter(|_| bought.status == Status::Trialing);
                    let at = first.unwrap_or(bought.period.until);
                    view! { <div><dt>"Next payment"</dt><dd><Amount money=bought.total/>" on "<Day at/></dd></div> }.into_any()
                } else if let Some(at) = bought.ends_at {
                    view! { <div><dt>"Ends"</dt><dd><Day at/></dd></div> }.into_any()
                } else {
                    view! { <div><dt>"Next payment"</dt><dd>"none planned"</dd></div> }.into_any()
                }}
                <div><dt>"Period"</dt><dd><Day at=bought.period.from/>" – "<Day at=bought.period.until/></dd></div>
                {bought.card.map(|card| view! { <div><dt>"Paid with"</dt><dd>{card}</dd></div> })}
            </dl>
            {change.map(|href| view! { <p class="card-foot"><a class="button" href=href>"Change plan"</a></p> })}
        </section>
    }
}

/// The seats and their bill.
#[component]
pub fn SeatFacts(
    /// Everything.
    view: BillingView,
) -> impl IntoView {
    let seats = view.desk.seats;
    let spare = spare(&view);
    // Who pays changes how many are paid for; everybody else sees who sits on them.
    let by_seat = view.subscription.as_ref().is_some_and(|bought| bought.status.is_live() && bought.per_seat.is_some());
    let manage = if by_seat && view.desk.role.may(Permission::BillingManage) { Page::Change } else { Page::Team };
    let billed = view
        .subscription
        .filter(|bought| bought.status.is_live() && bought.per_seat.is_some())
        .map(|bought| bought.quantity);
    view! {
        <section class="card" aria-labelledby="your-seats">
            <header class="card-head">
                <h2 id="your-seats">"Seats"</h2>
                <a href=manage.at(&view.desk.slug)>"Manage seats"</a>
            </header>
            <SeatRow seats/>
            <p class="card-note">{sentence(seats)}"."</p>
            <dl class="facts">
                <div><dt>"In use"</dt><dd class="count">{seats.count.active}</dd></div>
                <div><dt>"Held by invitations"</dt><dd class="count">{seats.count.reserved}</dd></div>
                <div>
                    <dt>"Free"</dt>
                    <dd class="count">{seats.count.free(seats.limit).map_or("no limit".to_owned(), |free| free.to_string())}</dd>
                </div>
                {billed.map(|billed| view! { <div><dt>"Billed"</dt><dd class="count">{billed}</dd></div> })}
            </dl>
            {spare.map(|words| view! { <p class="card-note">{words}</p> })}
            {view.seat_change_pending.then(|| view! {
                <p class="card-note" role="status">{ON_ITS_WAY}</p>
            })}
        </section>
    }
}

/// What becomes of seats that are paid for, and that nobody sits on or has bought ahead.
fn spare(view: &BillingView) -> Option<String> {
    let bought = view.subscription.as_ref().filter(|bought| bought.status.is_live() && bought.per_seat.is_some())?;
    let course = view.course.as_ref().filter(|course| course.next.is_none() && bought.ends_at.is_none())?;
    let ahead = course.ahead.as_ref().map_or(0, |ahead| ahead.seats);
    let needed = view.plan.seats.billable(view.desk.seats.count.active.max(ahead));
    (bought.quantity > needed && !view.seat_change_pending).then(|| {
        format!(
            "{} are paid until {}: who joins before takes one at no charge. The renewal bills {needed}, if nobody does.",
            bought.quantity,
            bought.period.until.date()
        )
    })
}
