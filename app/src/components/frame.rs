//! The frame around the pages of an organization: where one is, where one can go, who one is.

use domain::view::{Desk, OrgRow};
use leptos::prelude::*;
use leptos_meta::Title;

use super::icon::{Draw, Icon, Mark};
use super::seat_row::{SeatRow, sentence};
use super::standing::Standing;
use crate::routes::{NAVIGATION, Page};

/// The frame around a page of an organization.
#[component]
pub fn Frame(
    /// What the frame says.
    desk: Desk,
    /// The page inside.
    page: Page,
    /// It.
    children: Children,
) -> impl IntoView {
    let stands = desk.clone();
    let Desk { slug, name, me, seats, organizations, .. } = desk;
    let links = NAVIGATION
        .into_iter()
        .map(|at| {
            view! {
                <li>
                    <a href=at.at(&slug) aria-current=(at == page.section()).then_some("page")>
                        <Draw icon=icon(at)/>
                        <span>{at.title()}</span>
                    </a>
                </li>
            }
        })
        .collect_view();
    let team = Page::Team.at(&slug);
    view! {
        <Title text=format!("{} · {name}", page.title())/>
        <a class="skip" href="#content">"Skip to the content"</a>
        <div class="frame">
            <header class="side">
                <div class="side-top">
                    <a class="brand" href=Page::Organizations.path()><Mark/><span>"Usher"</span></a>
                    <Switcher name=name.clone() slug=slug.to_string() organizations/>
                </div>
                <nav class="side-nav" aria-label=name>
                    <ul>{links}</ul>
                </nav>
                <div class="side-foot">
                    <a class="side-seats" href=team>
                        <SeatRow seats small=true/>
                        <span>{sentence(seats)}</span>
                    </a>
                    <p class="side-me"><a href=Page::Account.path() rel="external">{me.email.to_string()}</a></p>
                    <SignOut/>
                </div>
            </header>
            <main id="content" class="content" tabindex="-1"><Standing desk=stands page/>{children()}</main>
        </div>
    }
}

/// The organization, and the way to the others.
#[component]
fn Switcher(name: String, slug: String, organizations: Vec<OrgRow>) -> impl IntoView {
    let rows = organizations
        .into_iter()
        .map(|row| {
            let here = row.slug.as_str() == slug;
            view! {
                <li>
                    <a href=row.href rel="external" aria-current=here.then_some("true")>
                        <span>{row.name}</span>
                        {here.then(|| view! { <Draw icon=Icon::Check/> })}
                    </a>
                </li>
            }
        })
        .collect_view();
    view! {
        <details class="switcher">
            <summary><span>{name}</span><Draw icon=Icon::Chevron/></summary>
            <ul>
                {rows}
                <li class="switcher-more"><a href=Page::Organizations.path()>"All companies, or a new one"</a></li>
            </ul>
        </details>
    }
}

/// Signs out with a plain form: the next page is another document anyway.
#[component]
pub fn SignOut() -> impl IntoView {
    view! {
        <form method="post" action="/api/sign-out">
            <button type="submit" class="button button-quiet">"Sign out"</button>
        </form>
    }
}

const fn icon(page: Page) -> Icon {
    match page {
        Page::Team => Icon::Team,
        Page::Billing => Icon::Billing,
        Page::Settings => Icon::Settings,
        _ => Icon::Dashboard,
    }
}

/// The head of a page: title, one sentence of state, and the main deed at the right.
#[component]
pub fn PageHead(
    /// The title.
    #[prop(into)]
    title: String,
    /// How things stand, in one sentence.
    #[prop(into)]
    state: ViewFn,
    /// The main deed.
    #[prop(optional, into)]
    deed: ViewFn,
) -> impl IntoView {
    view! {
        <header class="page-head">
            <div>
                <h1>{title}</h1>
                <p class="page-state">{state.run()}</p>
            </div>
            {deed.run()}
        </header>
    }
}

/// The frame of a page for who is not signed in, or not anywhere yet: the mark, and one column.
#[component]
pub fn PlainFrame(
    /// What stands at the right of the mark.
    #[prop(optional, into)]
    aside: ViewFn,
    /// Wider than a form.
    #[prop(optional)]
    wide: bool,
    /// The column.
    children: Children,
) -> impl IntoView {
    view! {
        <header class="plain-top">
            <a class="brand" href="/" rel="external"><Mark/><span>"Usher"</span></a>
            <div class="plain-aside">{aside.run()}</div>
        </header>
        <main class="plain" class:plain-wide=wide>{children()}</main>
    }
}
