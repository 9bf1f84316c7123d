//! The pages without any script: `/` and `/pricing`, the same bytes for everybody.

use domain::Interval;
use leptos::prelude::*;
use service::Services;

use crate::components::icon::Mark;
use crate::features::{landing, pricing};
use crate::policy::content_security_policy;
use crate::routes::Page;

/// A whole document and its content security policy. Depends on nothing but its arguments, so it may be kept for as
/// long as the server runs, one per page and interval.
#[must_use]
pub fn page(page: Page, interval: Interval, services: &Services) -> (String, String) {
    let policy = content_security_policy(Some(page), None, services.settings());
    let plans: Vec<_> = services.catalog().public().cloned().collect();
    let owner = Owner::new();
    let document = owner.with(|| {
        let (title, words, body) = match page {
            Page::Pricing => (
                "Pricing · Usher",
                "What each plan has and what it costs, by the month and by the year.",
                view! { <pricing::page::PricingPage plans interval/> }.into_any(),
            ),
            _ => (
                "Usher: every seat in its place",
                "Choose a plan, give your colleagues their seats, and see what it costs before it is billed.",
                view! { <landing::page::LandingPage plans interval/> }.into_any(),
            ),
        };
        view! {
            <!DOCTYPE html>
            <html lang="en">
                <head>
                    <meta charset="utf-8"/>
                    <meta name="viewport" content="width=device-width, initial-scale=1"/>
                    <meta name="color-scheme" content="light dark"/>
                    <title>{title}</title>
                    <meta name="description" content=words/>
                    <link rel="preload" href="/fonts/inter-usher.woff2" r#as="font" r#type="font/woff2" crossorigin=""/>
                    <link rel="stylesheet" href="/pkg/usher.css"/>
                    <link rel="icon" href="/favicon.svg" r#type="image/svg+xml"/>
                </head>
                <body class="public">
                    <a class="skip" href="#content">"Skip to the content"</a>
                    <header class="public-top">
                        <a class="brand" href="/"><Mark/><span>"Usher"</span></a>
                        <nav aria-label="Main">
                            <a href="/pricing" aria-current=(page == Page::Pricing).then_some("page")>"Pricing"</a>
                            <a href="/login">"Sign in"</a>
                            <a class="button button-primary" href="/signup">"Create account"</a>
                        </nav>
                    </header>
                    <main id="content">{body}</main>
                    <footer class="public-foot">
                        <a class="brand" href="/"><Mark/><span>"Usher"</span></a>
                        <p>"Accounts, seats and bills, in one calm place."</p>
                        <nav aria-label="Foot">
                            <a href="/pricing">"Pricing"</a>
                            <a href="/login">"Sign in"</a>
                            <a href="/signup">"Create account"</a>
                        </nav>
                    </footer>
                </body>
            </html>
        }
        .to_html()
    });
    owner.cleanup();
    (document, policy)
}

/// The interval that a query (`interval=month`) asks for; yearly when it asks for nothing.
#[must_use]
pub fn interval(query: Option<&str>) -> Interval {
    query
        .into_iter()
        .flat_map(|query| query.split('&'))
        .find_map(|pair| pair.strip_prefix("interval=")?.parse().ok())
        .unwrap_or(Interval::Year)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn yearly_is_shown_unless_monthly_is_asked_for() {
        assert_eq!(interval(None), Interval::Year);
        assert_eq!(interval(Some("interval=month")), Interval::Month);
        assert_eq!(interval(Some("x=1&interval=week&interval=month")), Interval::Month);
    }
}
