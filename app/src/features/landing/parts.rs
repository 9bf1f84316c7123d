//! The pictures of the front page. They are drawn from real parts and real plans, with invented people.

use domain::email::{DomainRule, admits};
use domain::view::Seats;
use domain::{EmailAddress, Plan, Refusal, SeatCount};
use leptos::prelude::*;

use crate::components::money::{Amount, every};
use crate::components::seat_row::{BACK, CUSHION, SeatRow, SeatState};

/// What a billing page looks like, for a plan that is really sold.
#[component]
pub fn Preview(
    /// What is sold.
    plans: Vec<Plan>,
) -> impl IntoView {
    // A plan by the seat shows the most; with a cap even more.
    let by_seat = |plan: &&Plan| plan.prices.iter().any(|price| price.per_seat.is_some());
    let plan = plans
        .iter()
        .filter(by_seat)
        .max_by_key(|plan| plan.seats.max.cap().is_some())
        .or_else(|| plans.iter().find(|plan| plan.is_sold()));
    let (plan, price) = plan.and_then(|plan| Some((plan.clone(), plan.prices.last()?.clone())))?;
    let seats = Seats { count: SeatCount { active: 2, reserved: 1 }, limit: plan.seats.limit() };
    let total = price.amount(&plan.seats, 2).ok()?;
    let sum =
        price.per_seat.map(|seat| view! { <p class="card-note">"2 seats at "<Amount money=seat/>" per seat"</p> });
    Some(view! {
        <figure class="preview" aria-label="What a billing page looks like">
            <div class="card preview-main">
                <div class="card-head"><span class="label">"Plan"</span><span class="status status-good">"Active"</span></div>
                <p class="card-name">{plan.name}</p>
                <p class="figure"><Amount money=total/><small>{every(price.interval)}</small></p>
                {sum}
                <dl class="facts">
                    <div><dt>"Paid with"</dt><dd>"Visa 4242"</dd></div>
                </dl>
            </div>
            <div class="card preview-seats">
                <div class="card-head"><span class="label">"Seats"</span><span class="label">"acme.test"</span></div>
                <SeatRow seats/>
                <ul class="preview-people">
                    {[("mira", SeatState::Used, "Owner"), ("jonas", SeatState::Used, "Member"), ("ada", SeatState::Held, "Invited")]
                        .into_iter()
                        .map(|(name, state, word)| {
                            view! {
                                <li>
                                    <crate::components::seat_row::Seat state/>
                                    <span>{format!("{name}@acme.test")}</span>
                                    <span>{word}</span>
                                </li>
                            }
                        })
                        .collect_view()}
                </ul>
            </div>
        </figure>
    })
}

/// An address that is refused, in the words of the rule itself.
#[component]
pub fn Turned() -> impl IntoView {
    let refused = "sam@other.test"
        .parse::<EmailAddress>()
        .ok()
        .zip("acme.test".parse().ok())
        .and_then(|(sam, domain)| admits(&sam, &[DomainRule { domain, subdomains: false }]).err())
        .map(Refusal::from)?;
    Some(view! {
        <div class="turned">
            <span class="turned-typed">"sam@other.test"</span>
            <span class="turned-why">{refused.what}</span>
        </div>
    })
}

/// So many seats in each row, from the back to the stage.
const ROWS: [i32; 5] = [21, 18, 15, 12, 9];
const STEP: i32 = 40;
const WIDTH: i32 = 900;

/// The house from above: one seat is still free.
#[component]
pub fn Auditorium() -> impl IntoView {
    let seats = ROWS
        .into_iter()
        .enumerate()
        .flat_map(|(row, count)| (0..count).map(move |at| (i32::try_from(row).unwrap_or(0), count, at)))
        .map(|(row, count, at)| {
            // The stage is below, and rows bend around it: further from the middle, further down.
            let beside = (2 * at - (count - 1)) * STEP / 2;
            let bend = beside * beside / 2_600;
            let class = match (row * 5 + at * 3 + at * at % 7) % 13 {
                _ if (row, at) == (3, 6) => "house-yours",
                0 => "house-held",
                3 => "house-free",
                _ => "house-used",
            };
            let (x, y) = (WIDTH / 2 + beside - 14, 12 + row * 44 + bend);
            view! { <use_ href="#house-seat" class=class x=x.to_string() y=y.to_string()/> }
        })
        .collect_view();
    view! {
        <svg class="house-plan" viewBox=format!("0 0 {WIDTH} 300") aria-hidden="true" focusable="false">
            <defs>
                <symbol id="house-seat" viewBox="0 0 24 24" width="28" height="28">
                    <path d=BACK></path>
                    <path d=CUSHION></path>
                </symbol>
            </defs>
            {seats}
        </svg>
    }
}
