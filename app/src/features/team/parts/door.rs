//! The door: the form that invites, or why it is closed.

use domain::email::{DomainRule, admits};
use domain::seat::SeatsFull;
use domain::view::{Invited, TeamView};
use domain::{EmailAddress, Permission, Refusal, Role};
use leptos::either::EitherOf3;
use leptos::ev::SubmitEvent;
use leptos::form::ActionForm;
use leptos::html::Form;
use leptos::prelude::*;

use super::super::api::Invite;
use crate::components::banner::{Banner, Tone};
use crate::components::button::{Submit, Weight};
use crate::components::field::Field;
use crate::components::icon::{Draw, Icon};
use crate::components::outcome::{Failure, at_field, failure, once};
use crate::routes::Page;

/// The form that invites, or why it is closed.
#[component]
pub fn Door(
    /// Everything.
    view: TeamView,
    /// What a plain form has just sent.
    before: Option<Invited>,
    /// Sends.
    invite: ServerAction<Invite>,
    /// The address as it is being typed.
    typed: RwSignal<String>,
) -> impl IntoView {
    let after = move || {
        let now = match &*invite.value().read() {
            Some(Ok(invited)) => Some(invited.clone()),
            _ => None,
        };
        now.or_else(|| before.clone())
    };
    let mail_is_sent = view.mail_is_sent;
    let told = move || after().map(|invited| view! { <Sent invited mail_is_sent/> });
    view! {
        {told}
        <Closed view=view.clone() open=move || view! { <Ask view=view.clone() invite typed/> }/>
    }
}

/// Draws the form when one may invite and a seat is free, and else the reason why not.
#[component]
fn Closed(view: TeamView, #[prop(into)] open: ViewFn) -> impl IntoView {
    if !view.desk.role.may(Permission::MemberInvite) {
        return EitherOf3::A(());
    }
    let seats = view.desk.seats;
    let why = match (view.desk.access.allows_growth(), seats.count.admit(seats.limit)) {
        (Err(due), _) => Some((Refusal::from(due), "Open billing")),
        (_, Err(full)) => Some((full_refusal(full), "Compare plans")),
        (Ok(()), Ok(())) => None,
    };
    match why {
        Some((why, deed)) => EitherOf3::B(view! {
            <section id="invite" class="card full" aria-label="Inviting">
                <p>{format!("{} {}", why.what, why.next)}</p>
                <a class="button" href=Page::Billing.at(&view.desk.slug)>{deed}</a>
            </section>
        }),
        None => EitherOf3::C(open.run()),
    }
}

fn full_refusal(full: SeatsFull) -> Refusal {
    Refusal::from(full)
}

/// What is wrong with an address that is being typed; the same rule as on the server. While it is unfinished, only
/// what cannot become right any more is said.
fn wrong(typed: &str, left: bool, rules: Option<&[DomainRule]>) -> Option<Refusal> {
    if typed.trim().is_empty() {
        return None;
    }
    let address: EmailAddress = match typed.parse() {
        Ok(address) => address,
        Err(no) => return left.then(|| Refusal::from(no)),
    };
    let no = admits(&address, rules?).err()?;
    let may_become = no.ours.iter().any(|rule| rule.subdomains || rule.domain.as_str().starts_with(no.theirs.as_str()));
    (left || !may_become).then(|| Refusal::from(no))
}

#[component]
fn Ask(view: TeamView, invite: ServerAction<Invite>, typed: RwSignal<String>) -> impl IntoView {
    let failed = failure(invite);
    let left = RwSignal::new(false);
    let rules = StoredValue::new(view.same_domain.clone());
    let inline = Memo::new(move |_| rules.with_value(|rules| wrong(&typed.read(), left.get(), rules.as_deref())));
    // What the server said is about what was sent; what is typed since is judged here.
    let sent = Memo::new(move |_| invite.input().read().as_ref().map(|input| input.email.clone()));
    let at_email = at_field(failed, "email");
    let error = Signal::derive(move || {
        inline.get().or_else(|| {
            let last = invite.value().read();
            let asked = sent.get().or_else(|| match &*last {
                Some(Err(_)) => Some(typed.get()),
                _ => None,
            });
            at_email.get().filter(|_| asked.is_none_or(|asked| asked == typed.get()) || typed.read().is_empty())
        })
    });
    let form = NodeRef::<Form>::new();
    Effect::new(move |_| {
        if matches!(&*invite.value().read(), Some(Ok(_))) {
            if let Some(form) = form.get_untracked() {
                form.reset();
            }
            typed.set(String::new());
            left.set(false);
        }
    });
    let not_twice = once(invite);
    let on_submit = move |event: SubmitEvent| {
        left.set(true);
        if inline.get_untracked().is_some() {
            event.prevent_default();
        }
        not_twice(event);
    };
    let cost =
        view.per_seat.map(|(money, interval)| format!("A seat costs {money} a {interval}, from when it is accepted."));
    let hint = match (&view.same_domain, cost) {
        (Some(domains), cost) => {
            let names: Vec<String> = domains.iter().map(|rule| format!("@{}", rule.domain)).collect();
            let who = if names.is_empty() {
                String::new()
            } else {
                format!("Addresses that end in {}. ", names.join(" or "))
            };
            format!("{who}{}", cost.unwrap_or_default())
        }
        (None, cost) => {
            cost.unwrap_or_else(|| "The invitation is good for seven days and holds a seat until then.".to_owned())
        }
    };
    let roles = view
        .grantable
        .iter()
        .map(|role| view! { <option value=role.as_str() selected=*role == Role::Member>{role.label()}</option> })
        .collect_view();
    view! {
        <section id="invite" class="card" aria-labelledby="invite-title">
            <h2 id="invite-title">"Invite a colleague"</h2>
            <Failure of=failed except=&["email"]/>
            <ActionForm action=invite node_ref=form on:submit:capture=on_submit attr:class="invite" attr:novalidate=true>
                <input type="hidden" name="slug" value=view.desk.slug.to_string()/>
                <div class="invite-address" on:focusout=move |_| left.set(true) on:focusin=move |_| left.set(false)>
                    <Field
                        name="email"
                        label="E-mail to invite"
                        kind="email"
                        required=true
                        maxlength=254
                        hint=hint
                        error
                        typed=move |text| typed.set(text)
                    />
                </div>
                <div class="field">
                    <label for="role">"Role"</label>
                    <div class="select"><select id="role" name="role">{roles}</select><Draw icon=Icon::Chevron/></div>
                </div>
                <Submit label="Send invitation" weight=Weight::Primary pending=invite.pending()/>
            </ActionForm>
        </section>
    }
}

/// An invitation is on its way; its link is shown this once.
#[component]
fn Sent(invited: Invited, mail_is_sent: bool) -> impl IntoView {
    let copied = RwSignal::new(false);
    let link = invited.link.clone();
    let copy = move |_| {
        let promise = window().navigator().clipboard().write_text(&link);
        leptos::task::spawn_local(async move {
            if wasm_bindgen_futures::JsFuture::from(promise).await.is_ok() {
                copied.set(true);
            }
        });
    };
    let where_ = if mail_is_sent {
        view! { "The letter is on its way. You can also hand over the link yourself; it is shown this once." }
            .into_any()
    } else {
        view! {
            "No mail leaves this house; the letter waits in the "
            <a href=Page::Mailbox.path() rel="external">"development mailbox"</a>
            ". The link is shown this once."
        }
        .into_any()
    };
    view! {
        <Banner tone=Tone::Good>
            <p><strong>{format!("{} is invited.", invited.email)}</strong>" "{where_}</p>
            <div class="copy">
                <div class="field">
                    <label for="invitation-link">"Invitation link"</label>
                    <input id="invitation-link" type="text" readonly value=invited.link/>
                </div>
                <button type="button" class="button needs-script" on:click=copy>
                    <Draw icon=Icon::Copy/>
                    <span aria-live="polite">{move || if copied.get() { "Copied" } else { "Copy link" }}</span>
                </button>
            </div>
        </Banner>
    }
}

#[cfg(test)]
mod tests {
    use super::{DomainRule, wrong};

    #[test]
    fn an_address_is_judged_when_it_cannot_become_right() {
        let ours = [DomainRule { domain: "acme.test".parse().unwrap(), subdomains: false }];
        let says = |typed, left| wrong(typed, left, Some(&ours)).map(|refusal| refusal.code);
        assert_eq!(says("", true), None);
        assert_eq!(says("second", false), None, "still typing");
        assert_eq!(says("second@acme.te", false), None, "still typing");
        assert_eq!(says("second@acme.te", true).as_deref(), Some("other-domain"));
        assert_eq!(says("someone@other.test", false).as_deref(), Some("other-domain"));
        assert_eq!(says("owner@acme.test.evil.example", false).as_deref(), Some("other-domain"));
        assert_eq!(says("Second@ACME.test", true), None);
        assert_eq!(says("nobody", true).as_deref(), Some("email-form"));
        let open = [DomainRule { subdomains: true, ..ours[0].clone() }];
        assert_eq!(wrong("second@eu.west", false, Some(&open)), None, "may become eu.west.acme.test");
        assert_eq!(wrong("anyone@else.test", true, None), None, "the plan takes everybody");
    }
}
