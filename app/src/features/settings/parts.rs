//! The sections of the settings page.

use domain::view::{Desk, SettingsView};
use leptos::form::ActionForm;
use leptos::prelude::*;

use super::api::{ChangeSlug, DeleteOrganization, RenameOrganization, TransferOwnership};
use crate::components::banner::{Banner, Tone};
use crate::components::button::{Submit, Weight};
use crate::components::field::Field;
use crate::components::icon::{Draw, Icon};
use crate::components::outcome::{Failure, at_field, failure, once};
use crate::features::team::api::Leave;
use crate::routes::Page;

/// A section: what it is about at the left, what can be done at the right.
#[component]
pub fn Part(
    /// Names it.
    id: &'static str,
    /// The title.
    #[prop(into)]
    title: String,
    /// One or two sentences on what it means.
    #[prop(into)]
    words: String,
    /// The form.
    children: Children,
) -> impl IntoView {
    view! {
        <section class="card settings-part" aria-labelledby=id>
            <div class="settings-words">
                <h2 id=id>{title}</h2>
                <p>{words}</p>
            </div>
            <div class="settings-deeds">{children()}</div>
        </section>
    }
}

/// What is known, for everybody.
#[component]
pub fn Facts(
    /// Everything.
    view: SettingsView,
) -> impl IntoView {
    let SettingsView { desk, address, former, .. } = view;
    let domain = match desk.domain {
        Some(domain) => (
            format!("@{domain}"),
            "Taken from the address of who created the company. Plans for one company invite only people with it.",
        ),
        None => (
            "none".to_owned(),
            "The company was created from a free mailbox, so it has none until an owner or admin adds one under Domains.",
        ),
    };
    let before = if former.is_empty() {
        "Part of every link into this company. Only an owner can change it.".to_owned()
    } else {
        let list: Vec<&str> = former.iter().map(domain::Slug::as_str).collect();
        format!("Part of every link into this company. Links with {} still lead here.", list.join(", "))
    };
    let rows = [
        ("Company name", desk.name, "As your colleagues and your invoices see it.".to_owned()),
        ("Address", address, before),
        ("E-mail domain", domain.0, domain.1.to_owned()),
        ("Your role", desk.role.label().to_owned(), "What you may do here. Owners change roles.".to_owned()),
        ("Your account", desk.me.email.to_string(), "The address you are signed in with.".to_owned()),
        ("Organization number", desk.org.to_string(), "For letters to support; it is no secret.".to_owned()),
    ];
    view! {
        <section class="card settings" aria-label="Facts">
            <dl>
                {rows
                    .into_iter()
                    .map(|(name, value, words)| {
                        view! { <div><dt>{name}</dt><dd><strong>{value}</strong><span>{words}</span></dd></div> }
                    })
                    .collect_view()}
            </dl>
        </section>
    }
}

/// Another name.
#[component]
pub fn Name(
    /// The frame's words.
    desk: Desk,
    /// Renames.
    action: ServerAction<RenameOrganization>,
) -> impl IntoView {
    let failed = failure(action);
    let saved = move || matches!(&*action.value().read(), Some(Ok(())));
    view! {
        <Part id="name-title" title="Company name" words="As your colleagues see it. The address stays what it is.">
            <ActionForm action on:submit:capture=once(action)>
                <Failure of=failed except=&["name"]/>
                <input type="hidden" name="slug" value=desk.slug.to_string()/>
                <Field
                    name="name"
                    label="Company name"
                    autocomplete="organization"
                    value=desk.name
                    required=true
                    maxlength=80
                    error=at_field(failed, "name")
                />
                <Submit label="Rename" pending=action.pending()/>
            </ActionForm>
            {move || saved().then(|| view! { <Banner tone=Tone::Good><p>"Renamed."</p></Banner> })}
        </Part>
    }
}

/// Another address.
#[component]
pub fn Address(
    /// Everything.
    view: SettingsView,
    /// Moves it.
    action: ServerAction<ChangeSlug>,
) -> impl IntoView {
    let failed = failure(action);
    let slug = view.desk.slug.to_string();
    view! {
        <Part
            id="address-title"
            title="Address"
            words="The name in every link into the company. The former one goes on leading your colleagues here, and \
                   nobody else can take it."
        >
            <ActionForm action on:submit:capture=once(action)>
                <Failure of=failed except=&["slug"]/>
                <input type="hidden" name="slug" value=slug.clone()/>
                <Field
                    name="to"
                    id="new-slug"
                    label="Address"
                    value=slug
                    required=true
                    minlength=2
                    maxlength=40
                    hint="a to z, 0 to 9 and single hyphens between them."
                    error=at_field(failed, "slug")
                />
                <Submit label="Move to this address" pending=action.pending()/>
            </ActionForm>
        </Part>
    }
}

/// Somebody else becomes owner.
#[component]
pub fn HandOver(
    /// Everything.
    view: SettingsView,
    /// The address of who was chosen on the team page.
    chosen: Option<String>,
    /// Hands over.
    action: ServerAction<TransferOwnership>,
) -> impl IntoView {
    let failed = failure(action);
    let company = view.desk.name;
    let slug = view.desk.slug.to_string();
    let open = chosen.is_some() || failed.get_untracked().is_some();
    let heirs = view.heirs;
    let body = if heirs.is_empty() {
        let team = Page::Team.at(&view.desk.slug);
        view! { <p>"Nobody else is an active member. "<a href=team>"Invite somebody"</a>" first."</p> }.into_any()
    } else {
        let options = heirs
            .into_iter()
            .map(|heir| {
                let heir = heir.to_string();
                let selected = chosen.as_ref() == Some(&heir);
                view! { <option value=heir.clone() selected=selected>{heir.clone()}</option> }
            })
            .collect_view();
        let wrong = at_field(failed, "to");
        view! {
            <details class="settings-ask" open=open>
                <summary class="button">{format!("Hand {company} over")}</summary>
                <ActionForm action on:submit:capture=once(action)>
                    <Failure of=failed except=&["to", "password"]/>
                    <input type="hidden" name="slug" value=slug/>
                    <div class="field" class:field-wrong=move || wrong.read().is_some()>
                        <label for="heir">"New owner"</label>
                        <div class="select">
                            <select id="heir" name="to" aria-describedby="heir-error">{options}</select>
                            <Draw icon=Icon::Chevron/>
                        </div>
                        <p class="field-error" id="heir-error" aria-live="polite">
                            {move || wrong.get().map(|no| format!("{} {}", no.what, no.next))}
                        </p>
                    </div>
                    <Field
                        name="password"
                        id="hand-over-password"
                        label="Your password"
                        kind="password"
                        autocomplete="current-password"
                        required=true
                        hint="You become an admin, and cannot take it back yourself."
                        error=at_field(failed, "password")
                    />
                    <Submit label=format!("Hand {company} over now") weight=Weight::Danger pending=action.pending()/>
                </ActionForm>
            </details>
        }
        .into_any()
    };
    view! {
        <Part
            id="hand-over-title"
            title="Hand over"
            words="A member becomes the owner in your place: plan, payment, roles and the end of the company are theirs \
                   to decide. Both of you get a letter."
        >
            {body}
        </Part>
    }
}

/// Going.
#[component]
pub fn Leaving(
    /// Everything.
    view: SettingsView,
    /// Leaves.
    action: ServerAction<Leave>,
) -> impl IntoView {
    let failed = failure(action);
    let company = view.desk.name;
    let slug = view.desk.slug.to_string();
    let body = if view.last_owner {
        view! { <p>"You are its only owner. Hand it over first, or delete it."</p> }.into_any()
    } else {
        let question = format!("You lose access to {company} at once. Only an invitation brings you back.");
        view! {
            <details class="settings-ask">
                <summary class="button">{format!("Leave {company}")}</summary>
                <ActionForm action on:submit:capture=once(action)>
                    <Failure of=failed/>
                    <input type="hidden" name="slug" value=slug/>
                    <p>{question}</p>
                    <Submit label=format!("Leave {company} now") weight=Weight::Danger pending=action.pending()/>
                </ActionForm>
            </details>
        }
        .into_any()
    };
    view! {
        <Part id="leave-title" title="Leave" words="Your seat is free for somebody else. Your account stays.">
            {body}
        </Part>
    }
}

/// The end.
#[component]
pub fn Delete(
    /// Everything.
    view: SettingsView,
    /// Deletes.
    action: ServerAction<DeleteOrganization>,
) -> impl IntoView {
    let failed = failure(action);
    let company = view.desk.name;
    let slug = view.desk.slug.to_string();
    let people = match view.desk.seats.count.active {
        1 => "You lose".to_owned(),
        active => format!("All {active} members lose"),
    };
    let paid = view.paid.map_or_else(
        || "Nothing is paid at the moment.".to_owned(),
        |plan| format!("{plan} ends at once, without money back."),
    );
    let open = failed.get_untracked().is_some();
    view! {
        <Part
            id="delete-title"
            title="Delete the company"
            words="Everything of it goes: members' places, invitations, domains, the audit log. Nothing of it can be \
                   brought back."
        >
            <details class="settings-ask" open=open>
                <summary class="button button-danger">{format!("Delete {company}")}</summary>
                <ActionForm action on:submit:capture=once(action)>
                    <Failure of=failed except=&["typed", "password"]/>
                    <input type="hidden" name="slug" value=slug.clone()/>
                    <p>{format!("{people} access to {company}. {paid} If the payment service does not answer, nothing is deleted.")}</p>
                    <Field
                        name="typed"
                        label=format!("Write {slug} to confirm")
                        required=true
                        maxlength=40
                        error=at_field(failed, "typed")
                    />
                    <Field
                        name="password"
                        id="delete-password"
                        label="Your password"
                        kind="password"
                        autocomplete="current-password"
                        required=true
                        error=at_field(failed, "password")
                    />
                    <Submit label=format!("Delete {company} for good") weight=Weight::Danger pending=action.pending()/>
                </ActionForm>
            </details>
        </Part>
    }
}
