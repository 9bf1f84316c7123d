//! `/account` and `/account/sessions`.

use domain::EmailAddress;
use domain::view::{AccountView, SessionsView};
use leptos::prelude::*;
use leptos::server_fn::ServerFn;
use leptos_meta::Title;

use super::api::{EndOtherSessions, EndSession, SignOutEverywhere, account, sessions};
use super::parts::{Address, Companies, Events, Farewell, Password, Table};
use crate::components::button::{Submit, Weight};
use crate::components::frame::{PageHead, PlainFrame, SignOut};
use crate::components::loaded::Loaded;
use crate::components::outcome::{Failure, failure};
use crate::components::time::Day;
use crate::features::accounts::parts::Said;
use crate::guard::note::Note;
use crate::routes::Page;

/// One's own account.
#[component]
pub fn AccountPage() -> impl IntoView {
    let found = Resource::new(|| (), |()| account());
    view! {
        <Title text=Page::Account.title()/>
        <Loaded from=found view={move |(view, note): (AccountView, Option<Note>)| {
            let AccountView { me, since, password_changed_at, change, organizations, last_owner_of, events } = view;
            let email = me.email;
            let state = email.to_string();
            view! {
                <Frame>
                    <PageHead
                        title=Page::Account.title()
                        state=move || view! { <strong>{state.clone()}</strong>", since "<Day at=since/> }
                        deed=|| view! { <a class="button" href=Page::Sessions.path()>{Page::Sessions.title()}</a> }
                    />
                    <Said note/>
                    <div class="account">
                        <Password changed_at=password_changed_at email=email.clone()/>
                        <Address email=email.clone() change/>
                        <Companies rows=organizations/>
                        <Events rows=events/>
                        <Farewell email last_owner_of/>
                    </div>
                </Frame>
            }
        }}/>
    }
}

/// Where one is signed in.
#[component]
pub fn SessionsPage() -> impl IntoView {
    let one = failure(ServerAction::<EndSession>::new());
    let others = failure(ServerAction::<EndOtherSessions>::new());
    let all = failure(ServerAction::<SignOutEverywhere>::new());
    let found = Resource::new(|| (), |()| sessions());
    view! {
        <Title text=Page::Sessions.title()/>
        <Loaded from=found view={move |(view, note): (SessionsView, Option<Note>)| {
            let SessionsView { me, sessions } = view;
            let alone = sessions.len() < 2;
            view! {
                <Frame>
                    <PageHead
                        title=Page::Sessions.title()
                        state=move || state(&me.email, alone)
                        deed=|| view! { <a class="button" href=Page::Account.path()>{Page::Account.title()}</a> }
                    />
                    <Said note/>
                    <Failure of=one/>
                    <Failure of=others/>
                    <Failure of=all/>
                    <Table rows=sessions/>
                    <div class="account-ways">
                        {(!alone).then(|| view! {
                            <form method="post" action=EndOtherSessions::url()>
                                <Submit label="Sign out everywhere else" weight=Weight::Primary/>
                            </form>
                        })}
                        <form method="post" action=SignOutEverywhere::url()>
                            <Submit label=if alone { "Sign out here" } else { "Sign out everywhere, here too" }/>
                        </form>
                    </div>
                </Frame>
            }
        }}/>
    }
}

fn state(email: &EmailAddress, alone: bool) -> String {
    if alone {
        format!("{email} is signed in here and nowhere else.")
    } else {
        format!("Browsers that are signed in as {email}. Sign out what you do not know, and then change your password.")
    }
}

#[component]
fn Frame(children: Children) -> impl IntoView {
    view! {
        <PlainFrame wide=true aside=|| view! { <a href=Page::Organizations.path()>{Page::Organizations.title()}</a><SignOut/> }>
            {children()}
        </PlainFrame>
    }
}
