//! The application: which page draws which path.

use leptos::prelude::*;
use leptos_meta::{Title, provide_meta_context};
use leptos_router::components::{FlatRoutes, Route, Router};
use leptos_router::{SsrMode, path};

use crate::components::refused::NotFound;
use crate::features::audit::page::AuditPage;
use crate::features::billing::cancel::CancelPage;
use crate::features::billing::change::ChangePage;
use crate::features::billing::later::LaterPage;
use crate::features::billing::page::BillingPage;
use crate::features::billing::reactivate::ReactivatePage;
use crate::features::billing_details::page::BillingDetailsPage;
use crate::features::dashboard::page::DashboardPage;
use crate::features::domains::page::DomainsPage;
use crate::features::invoices::page::InvoicesPage;
use crate::features::organizations::page::OrganizationsPage;
use crate::features::settings::page::SettingsPage;
use crate::features::team::invitations::InvitationsPage;
use crate::features::team::invite::InvitePage;
use crate::features::team::page::TeamPage;
use crate::features::team::reclaim::ReclaimPage;
use crate::features::team::requests::RequestsPage;
#[cfg(feature = "ssr")]
use crate::features::{
    account::page::{AccountPage, SessionsPage},
    accounts::page::{ForgotPage, LoginPage, SignUpPage, SignUpSentPage},
    billing_details::contact::BillingContactPage,
    invitations::page::InvitationPage,
    mailbox::page::MailboxPage,
    proofs::page::{ConfirmAddressPage, ConfirmPage, ResetPage},
};

/// The application: which page draws which path. `/` and `/pricing` are not in it, see `public`.
///
/// Every page is rendered whole before it is sent ([`SsrMode::Async`]): it is then complete without any script, and
/// its status is known when the answer begins.
#[component]
pub fn App() -> impl IntoView {
    provide_meta_context();
    let (routing, set_routing) = signal(false);
    #[cfg(feature = "ssr")]
    no_hydration_where_none_is_wanted();
    // Says to tests, and to nobody else, that buttons now answer.
    Effect::new(move |_| {
        if let Some(body) = document().body() {
            let _done = body.set_attribute("data-hydrated", "true");
        }
    });
    view! {
        <Title formatter=|title: String| if title.is_empty() { "Usher".to_owned() } else { format!("{title} · Usher") }/>
        <div class="routing" class:is-routing=routing aria-hidden="true"></div>
        <Router set_is_routing=set_routing>
            <FlatRoutes fallback=|| view! { <NotFound/> }>
                <Route path=path!("/app") view=OrganizationsPage ssr=SsrMode::Async/>
                <Route path=path!("/app/:slug") view=DashboardPage ssr=SsrMode::Async/>
                <Route path=path!("/app/:slug/team") view=TeamPage ssr=SsrMode::Async/>
                <Route path=path!("/app/:slug/team/invite") view=InvitePage ssr=SsrMode::Async/>
                <Route path=path!("/app/:slug/team/invitations") view=InvitationsPage ssr=SsrMode::Async/>
                <Route path=path!("/app/:slug/team/requests") view=RequestsPage ssr=SsrMode::Async/>
                <Route path=path!("/app/:slug/team/reclaim") view=ReclaimPage ssr=SsrMode::Async/>
                <Route path=path!("/app/:slug/billing") view=BillingPage ssr=SsrMode::Async/>
                <Route path=path!("/app/:slug/billing/invoices") view=InvoicesPage ssr=SsrMode::Async/>
                <Route path=path!("/app/:slug/billing/details") view=BillingDetailsPage ssr=SsrMode::Async/>
                <Route path=path!("/billing-contact/:token") view=BillingContactPage ssr=SsrMode::Async/>
                <Route path=path!("/app/:slug/billing/cancel") view=CancelPage ssr=SsrMode::Async/>
                <Route path=path!("/app/:slug/billing/later") view=LaterPage ssr=SsrMode::Async/>
                <Route path=path!("/app/:slug/billing/reactivate") view=ReactivatePage ssr=SsrMode::Async/>
                <Route path=path!("/app/:slug/billing/change") view=ChangePage ssr=SsrMode::Async/>
                <Route path=path!("/app/:slug/settings") view=SettingsPage ssr=SsrMode::Async/>
                <Route path=path!("/app/:slug/settings/domains") view=DomainsPage ssr=SsrMode::Async/>
                <Route path=path!("/app/:slug/settings/audit") view=AuditPage ssr=SsrMode::Async/>
                <Route path=path!("/signup") view=SignUpPage ssr=SsrMode::Async/>
                <Route path=path!("/signup/sent") view=SignUpSentPage ssr=SsrMode::Async/>
                <Route path=path!("/confirm/:token") view=ConfirmPage ssr=SsrMode::Async/>
                <Route path=path!("/login") view=LoginPage ssr=SsrMode::Async/>
                <Route path=path!("/forgot") view=ForgotPage ssr=SsrMode::Async/>
                <Route path=path!("/reset/:token") view=ResetPage ssr=SsrMode::Async/>
                <Route path=path!("/address/:token") view=ConfirmAddressPage ssr=SsrMode::Async/>
                <Route path=path!("/account") view=AccountPage ssr=SsrMode::Async/>
                <Route path=path!("/account/sessions") view=SessionsPage ssr=SsrMode::Async/>
                <Route path=path!("/invitations/:token") view=InvitationPage ssr=SsrMode::Async/>
                <Route path=path!("/dev/mail") view=MailboxPage ssr=SsrMode::Async/>
            </FlatRoutes>
        </Router>
    }
}

/// Pages without the WebAssembly module need no data for it either.
#[cfg(feature = "ssr")]
fn no_hydration_where_none_is_wanted() {
    use crate::routes::Page;
    let hydrates =
        use_context::<http::request::Parts>().and_then(|parts| Page::of(parts.uri.path())).is_some_and(Page::hydrates);
    if let Some(shared) = Owner::current_shared_context() {
        shared.set_is_hydrating(hydrates);
    }
}

/// In the browser these are other documents: whoever gets here by a link leaves for them.
#[cfg(not(feature = "ssr"))]
mod elsewhere {
    use leptos::prelude::*;

    #[component]
    pub fn Elsewhere() -> impl IntoView {
        Effect::new(move |_| {
            let _gone = window().location().reload();
        });
    }

    pub use {
        Elsewhere as AccountPage, Elsewhere as BillingContactPage, Elsewhere as ConfirmAddressPage,
        Elsewhere as ConfirmPage, Elsewhere as ForgotPage, Elsewhere as InvitationPage, Elsewhere as LoginPage,
        Elsewhere as MailboxPage, Elsewhere as ResetPage, Elsewhere as SessionsPage, Elsewhere as SignUpPage,
        Elsewhere as SignUpSentPage,
    };
}
#[cfg(not(feature = "ssr"))]
use elsewhere::{
    AccountPage, BillingContactPage, ConfirmAddressPage, ConfirmPage, ForgotPage, InvitationPage, LoginPage,
    MailboxPage, ResetPage, SessionsPage, SignUpPage, SignUpSentPage,
};
