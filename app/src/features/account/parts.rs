//! The sections of the account's pages.

use domain::view::{AccountEventRow, AddressChangeRow, OrgRow, SessionRow};
use domain::{EmailAddress, Timestamp};
use leptos::prelude::*;
use leptos::server_fn::ServerFn;

use super::api::{CancelAddressChange, ChangeAddress, ChangePassword, DeleteAccount, EndSession};
use crate::components::banner::Banner;
use crate::components::button::{Submit, Weight};
use crate::components::empty::Empty;
use crate::components::field::Field;
use crate::components::outcome::{Failure, at_field, failure};
use crate::components::time::{Day, Minute};
use crate::features::accounts::page::PASSWORD_HINT;
use crate::routes::Page;

/// A section with a name, a word on what it is about, and what can be done.
#[component]
fn Section(id: &'static str, title: &'static str, #[prop(into)] words: ViewFn, children: Children) -> impl IntoView {
    view! {
        <section class="card account-section" aria-labelledby=id>
            <div class="account-words">
                <h2 id=id>{title}</h2>
                <p>{words.run()}</p>
            </div>
            <div class="account-deeds">{children()}</div>
        </section>
    }
}

/// The password.
#[component]
pub fn Password(
    /// Set last when; `None`: it is the first.
    changed_at: Option<Timestamp>,
    /// Whose, for password managers.
    email: EmailAddress,
) -> impl IntoView {
    let failed = failure(ServerAction::<ChangePassword>::new());
    let words = move || match changed_at {
        Some(at) => view! { "Set last on "<Day at/>". A new one signs every other browser out." }.into_any(),
        None => "Still the first one. A new one signs every other browser out.".into_any(),
    };
    view! {
        <Section id="password-title" title="Password" words=words>
            <form method="post" action=ChangePassword::url() class="form">
                <Failure of=failed except=&["old", "new"]/>
                <input type="text" name="username" value=email.to_string() autocomplete="username" readonly hidden/>
                <Field name="old" label="Current password" kind="password" autocomplete="current-password" required=true
                    error=at_field(failed, "old")/>
                <Field name="new" label="New password" kind="password" autocomplete="new-password" required=true
                    minlength=10 hint=PASSWORD_HINT error=at_field(failed, "new")/>
                <Submit label="Change password"/>
            </form>
        </Section>
    }
}

/// The address, and a change of it.
#[component]
pub fn Address(
    /// The one now.
    email: EmailAddress,
    /// A change that waits.
    change: Option<AddressChangeRow>,
) -> impl IntoView {
    let failed = failure(ServerAction::<ChangeAddress>::new());
    let kept = failure(ServerAction::<CancelAddressChange>::new());
    let now = email.to_string();
    let words = {
        let now = now.clone();
        move || {
            let now = now.clone();
            view! { "You sign in as "<strong>{now}</strong>", in all your companies. A change takes a yes from both addresses." }
        }
    };
    let waits = change.map(|change| {
        let AddressChangeRow { email: wanted, old_confirmed, new_confirmed, expires_at } = change;
        view! {
            <Banner>
                <p><strong>{format!("Your address changes to {wanted} once both have said yes.")}</strong></p>
                <ul class="account-yes">
                    <Yes email=now.clone() said=old_confirmed/>
                    <Yes email=wanted.to_string() said=new_confirmed/>
                </ul>
                <p>"The links in the letters work until "<Minute at=expires_at/>"."</p>
                <form method="post" action=CancelAddressChange::url()>
                    <Failure of=kept/>
                    <Submit label=format!("Keep {now}")/>
                </form>
            </Banner>
        }
    });
    let label = if waits.is_some() { "Another address instead" } else { "New e-mail address" };
    view! {
        <Section id="address-title" title="E-mail address" words=words>
            {waits}
            <form method="post" action=ChangeAddress::url() class="form">
                <Failure of=failed except=&["email", "password"]/>
                <Field name="email" label kind="email" autocomplete="off" required=true maxlength=254
                    error=at_field(failed, "email")/>
                <Field name="password" id="address-password" label="Your password" kind="password"
                    autocomplete="current-password" required=true error=at_field(failed, "password")/>
                <Submit label="Change address"/>
            </form>
        </Section>
    }
}

#[component]
fn Yes(email: String, said: bool) -> impl IntoView {
    let (class, word) = if said { ("status status-good", "said yes") } else { ("status status-warn", "not yet") };
    view! { <li><span>{email}</span><span class=class>{word}</span></li> }
}

/// One's organizations.
#[component]
pub fn Companies(
    /// They.
    rows: Vec<OrgRow>,
) -> impl IntoView {
    let words = || view! { "Where you have a seat, and as what. You leave a company on its team page." };
    let list = if rows.is_empty() {
        view! { <p>"You are in no company. Create one, or open the link of an invitation."</p> }.into_any()
    } else {
        view! {
            <ul class="account-list">
                {rows
                    .into_iter()
                    .map(|row| view! {
                        <li>
                            <a href=row.href>{row.name}</a>
                            <span>{format!("{} · {}", row.role.label(), row.plan)}</span>
                        </li>
                    })
                    .collect_view()}
            </ul>
        }
        .into_any()
    };
    view! {
        <Section id="companies-title" title="Your companies" words=words>
            {list}
            <p><a class="button" href=Page::Organizations.path()>"All companies, or a new one"</a></p>
        </Section>
    }
}

/// What happened to the account.
#[component]
pub fn Events(
    /// The newest first.
    rows: Vec<AccountEventRow>,
) -> impl IntoView {
    let words = || {
        view! {
            "What happened to your account, and from where. Something you do not know? Change your password, and look "
            <a href=Page::Sessions.path()>"where you are signed in"</a>"."
        }
    };
    let list = if rows.is_empty() {
        view! { <Empty title="Nothing yet"><p>"Sign-ins and changes of your account are listed here."</p></Empty> }
            .into_any()
    } else {
        view! {
            <ol class="account-events">
                {rows
                    .into_iter()
                    .map(|row| {
                        let AccountEventRow { at, what, device, ip } = row;
                        view! { <li><p>{what}</p><p><Minute at/>" · "{from(&device, ip.as_deref())}</p></li> }
                    })
                    .collect_view()}
            </ol>
        }
        .into_any()
    };
    view! { <Section id="events-title" title="Recent activity" words=words>{list}</Section> }
}

fn from(device: &str, ip: Option<&str>) -> String {
    ip.map_or_else(|| device.to_owned(), |ip| format!("{device}, {ip}"))
}

/// Deleting the account: asks once, with the password.
#[component]
pub fn Farewell(
    /// Whose.
    email: EmailAddress,
    /// Companies that would be left without an owner.
    last_owner_of: Vec<String>,
) -> impl IntoView {
    let failed = failure(ServerAction::<DeleteAccount>::new());
    let words =
        || view! { "You leave all your companies, your seats become free, and nobody can sign in as you again." };
    let deed = if last_owner_of.is_empty() {
        let opened = failed.get_untracked().is_some();
        view! {
            <details class="account-ask" open=opened>
                <summary class="button button-danger">"Delete account"</summary>
                <form method="post" action=DeleteAccount::url() class="form">
                    <Failure of=failed except=&["password"]/>
                    <p>
                        {format!("The account of {email} is deleted at once, for good. What you did stays in the companies' audit logs; invoices stay with the companies.")}
                    </p>
                    <Field name="password" id="farewell-password" label="Your password" kind="password"
                        autocomplete="current-password" required=true error=at_field(failed, "password")/>
                    <Submit label="Delete the account" object=email.to_string() weight=Weight::Danger/>
                </form>
            </details>
        }
        .into_any()
    } else {
        view! {
            <Failure of=failed/>
            <p>
                {format!("You are the last owner of {}. Make somebody else an owner in its settings, or delete the company there; then your account can go.", listed(&last_owner_of))}
            </p>
        }
        .into_any()
    };
    view! { <Section id="farewell-title" title="Delete account" words=words>{deed}</Section> }
}

/// `A`, `A and B`, `A, B and C`.
fn listed(names: &[String]) -> String {
    match names {
        [] => String::new(),
        [one] => one.clone(),
        [all @ .., last] => format!("{} and {last}", all.join(", ")),
    }
}

/// Signed-in browsers, each with the way out.
#[component]
pub fn Table(
    /// This browser first.
    rows: Vec<SessionRow>,
) -> impl IntoView {
    let rows = rows
        .into_iter()
        .map(|row| {
            let SessionRow { id, is_this, device, ip, began_at, last_seen_at, expires_at } = row;
            let deed = (!is_this).then(|| {
                let label = format!("Sign out {device}");
                view! {
                    <form method="post" action=EndSession::url()>
                        <input type="hidden" name="id" value=id.to_string()/>
                        <Submit label weight=Weight::Quiet/>
                    </form>
                }
            });
            view! {
                <tr role="row">
                    <td role="cell" class="person">
                        <span><strong>{device}</strong>{is_this.then(|| view! { <em>"this browser"</em> })}</span>
                    </td>
                    <td role="cell" data-label="Place">{ip.unwrap_or_else(|| "unknown".to_owned())}</td>
                    <td role="cell" data-label="Signed in"><Minute at=began_at/><small>"until "<Day at=expires_at/></small></td>
                    <td role="cell" data-label="Last seen"><Minute at=last_seen_at/></td>
                    <td role="cell" class="deed">{deed}</td>
                </tr>
            }
        })
        .collect_view();
    view! {
        <section class="card card-table" aria-labelledby="sessions-title">
            <h2 id="sessions-title" class="unseen">"Signed-in browsers"</h2>
            <table role="table">
                <thead role="rowgroup">
                    <tr role="row">
                        <th role="columnheader" scope="col">"Browser"</th>
                        <th role="columnheader" scope="col">"Place"</th>
                        <th role="columnheader" scope="col">"Signed in"</th>
                        <th role="columnheader" scope="col">"Last seen"</th>
                        <th role="columnheader" scope="col"><span class="unseen">"What can be done"</span></th>
                    </tr>
                </thead>
                <tbody role="rowgroup">{rows}</tbody>
            </table>
        </section>
    }
}

#[cfg(test)]
mod tests {
    use super::listed;

    #[test]
    fn companies_are_named_as_people_say_it() {
        let names = ["Acme", "Beta", "Gamma"].map(str::to_owned);
        assert_eq!(listed(&names[..1]), "Acme");
        assert_eq!(listed(&names[..2]), "Acme and Beta");
        assert_eq!(listed(&names), "Acme, Beta and Gamma");
    }
}
