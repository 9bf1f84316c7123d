//! `/`: what Usher is, shown with the very parts that people use later.

use domain::view::Seats;
use domain::{Interval, Plan, SeatCount, SeatLimit};
use leptos::prelude::*;

use super::parts::{Auditorium, Preview, Turned};
use crate::components::seat_row::{SeatRow, sentence};
use crate::features::pricing::parts::PublicPlans;
use crate::routes::Page;

/// The front page.
#[component]
pub fn LandingPage(
    /// What is sold, in order.
    plans: Vec<Plan>,
    /// Paid how often.
    interval: Interval,
) -> impl IntoView {
    let held = Seats { count: SeatCount { active: 5, reserved: 2 }, limit: SeatLimit::from_cap(Some(8)) };
    view! {
        <section class="hero">
            <div class="hero-words">
                <h1>"Every seat in its place."</h1>
                <p class="lead">
                    "Choose a plan, give your colleagues their seats, and see what it costs before it is billed. "
                    "One calm place for accounts, people and money."
                </p>
                <p class="hero-deeds">
                    <a class="button button-primary button-large" href="/signup">"Create your account"</a>
                    <a class="button button-large" href="#plans">"See the plans"</a>
                </p>
                <p class="hero-note">"Starts free. No card needed."</p>
            </div>
            <Preview plans=plans.clone()/>
        </section>
        <section class="public-section promises" aria-label="What you can rely on">
            <div class="promise">
                <div class="promise-show"><SeatRow seats=held/><span>{sentence(held)}</span></div>
                <h2>"No seat is given away twice"</h2>
                <p>"Whoever you invite has a seat held for them until they answer. The last one goes to one person, however many ask at once."</p>
            </div>
            <div class="promise">
                <div class="promise-show"><Turned/></div>
                <h2>"Your colleagues, and nobody else"</h2>
                <p>"Plans for one company take only addresses that end like its own. The form says so while you type, before anything is sent."</p>
            </div>
            <div class="promise">
                <div class="promise-show promise-bill">
                    <span>"3 seats"</span><b>"billed 3"</b>
                    <span>"1 invitation"</span><b>"billed 0"</b>
                </div>
                <h2>"The bill follows the people"</h2>
                <p>"Somebody joins, and a seat is added to the bill; somebody leaves, and it is taken off. The page shows the next payment at any time."</p>
            </div>
        </section>
        <section id="plans" class="public-section" aria-labelledby="plans-title">
            <h2 id="plans-title" class="public-title">"Plans"</h2>
            <PublicPlans plans interval page=Page::Landing.path()/>
        </section>
        <section class="closing" aria-labelledby="closing-title">
            <Auditorium/>
            <h2 id="closing-title">"There is one for you."</h2>
            <p><a class="button button-primary button-large" href="/signup">"Take your seat"</a></p>
        </section>
    }
}
