//! The sections of the page about domains.

use domain::email::DomainRule;
use domain::email::proof::{Failure, Standing};
use domain::view::DomainLine;
use leptos::form::ActionForm;
use leptos::html::Form;
use leptos::prelude::*;

use super::api::{AddDomain, RemoveDomain, SetSubdomains, VerifyDomain};
use crate::AppError;
use crate::components::button::{Submit, Weight};
use crate::components::copy::Copy;
use crate::components::field::Field;
use crate::components::outcome::{Failure as Failed, at_field, failure, once};
use crate::components::time::{Day, Minute};
use crate::features::settings::parts::Part;
use crate::features::team::parts::{Deed, when_done};

/// All that can be done here.
#[derive(Clone, Copy)]
pub struct Deeds {
    add: ServerAction<AddDomain>,
    verify: ServerAction<VerifyDomain>,
    subdomains: ServerAction<SetSubdomains>,
    remove: ServerAction<RemoveDomain>,
    /// How often something was done.
    pub done: RwSignal<u32>,
}

impl Deeds {
    /// Nothing was done yet.
    pub fn new() -> Self {
        let all = Self {
            add: ServerAction::new(),
            verify: ServerAction::new(),
            subdomains: ServerAction::new(),
            remove: ServerAction::new(),
            done: RwSignal::new(0),
        };
        let count = move || all.done.update(|done| *done += 1);
        when_done(all.add, move |_| count());
        when_done(all.verify, move |_| count());
        when_done(all.subdomains, move |()| count());
        when_done(all.remove, move |()| count());
        all
    }
}

/// What went wrong last with a domain of the list.
#[component]
pub fn Failures(
    /// Of these.
    deeds: Deeds,
) -> impl IntoView {
    let all: [Signal<Option<AppError>>; 3] = [failure(deeds.verify), failure(deeds.subdomains), failure(deeds.remove)];
    all.map(|of| view! { <Failed of/> }).into_iter().collect_view()
}

/// The domain that the company was created with.
#[component]
pub fn Own(
    /// In which organization.
    slug: String,
    /// The domain, if there is one.
    rule: Option<DomainRule>,
    /// What can be done.
    deeds: Deeds,
) -> impl IntoView {
    match rule {
        Some(DomainRule { domain, subdomains }) => view! {
            <Part
                id="own-title"
                title=domain.to_string()
                words="The company was created with an address of this domain."
            >
                <Subdomains slug id=String::new() domain=domain.to_string() open=subdomains deeds/>
            </Part>
        }
        .into_any(),
        None => view! {
            <Part
                id="own-title"
                title="No domain yet"
                words="The company was created from a free mailbox, and anybody can get one of those. Add the domain of \
                       the company below."
            >
                ""
            </Part>
        }
        .into_any(),
    }
}

/// Whether people below a domain count, and the other way round.
#[component]
fn Subdomains(slug: String, id: String, domain: String, open: bool, deeds: Deeds) -> impl IntoView {
    let (what, label) = if open {
        (format!("Addresses in subdomains count too, such as name@mail.{domain}."), "Stop counting subdomains")
    } else {
        (format!("Only addresses that end in @{domain} count, and none in its subdomains."), "Count subdomains too")
    };
    view! {
        <div class="settings-line">
            <p>{what}</p>
            <Deed action=deeds.subdomains slug id label object=format!("of {domain}")>
                <input type="hidden" name="open" value=if open { "false" } else { "true" }/>
            </Deed>
        </div>
    }
}

/// One domain besides the company's own.
#[component]
pub fn Line(
    /// In which organization.
    slug: String,
    /// Its name for people.
    company: String,
    /// The domain.
    line: DomainLine,
    /// What can be done.
    deeds: Deeds,
) -> impl IntoView {
    let DomainLine { id, domain, subdomains, record_name, record_value, standing, .. } = line.clone();
    let (domain, id) = (domain.to_string(), id.to_string());
    let word = match standing {
        Standing::Waiting => "Waiting for its record",
        Standing::Verified => "Verified",
        Standing::Failing { counts: true } => "Verified, record missing",
        Standing::Failing { counts: false } => "Not verified any more",
    };
    let record = (standing != Standing::Verified).then(|| {
        view! {
            <p>
                "Put this TXT record where the names of "{domain.clone()}" are managed. It may take an hour until it is \
                 seen everywhere. Leave it there: it is looked for again every week."
            </p>
            <Copy
                id=format!("{id}-name")
                label="Name of the TXT record"
                button="Copy name"
                object=format!("of the record of {domain}")
                text=record_name
            />
            <Copy
                id=format!("{id}-value")
                label="Text of the TXT record"
                button="Copy text"
                object=format!("of the record of {domain}")
                text=record_value
            />
            <Deed
                action=deeds.verify
                slug=slug.clone()
                id=id.clone()
                label="Check now"
                object=format!("whether the record of {domain} is there")
                weight=Weight::Primary
            />
        }
    });
    let (anchor, title) = (id.clone(), format!("{id}-title"));
    let count = line.standing != Standing::Waiting;
    view! {
        <section class="card settings-part" id=anchor aria-labelledby=title.clone()>
            <div class="settings-words">
                <h2 id=title.clone()>{domain.clone()}</h2>
                <p><span class="badge" class:badge-bad=matches!(standing, Standing::Failing { .. })>{word}</span></p>
                <p><Story line/></p>
            </div>
            <div class="settings-deeds">
                {record}
                {count.then(|| {
                    view! {
                        <Subdomains slug=slug.clone() id=id.clone() domain=domain.clone() open=subdomains deeds/>
                    }
                })}
                <details class="settings-ask">
                    <summary class="button button-danger">{format!("Remove {domain}")}</summary>
                    <p>
                        {format!(
                            "Whoever has a seat in {company} keeps it. Nobody else gets one by an address of {domain} where \
                             the plan asks for the company's domain, not even on an invitation that waits.",
                        )}
                    </p>
                    <Deed
                        action=deeds.remove
                        slug
                        id
                        label=format!("Remove {domain} from {company}")
                        weight=Weight::Danger
                    />
                </details>
            </div>
        </section>
    }
}

/// What was found when, and what follows.
#[component]
fn Story(line: DomainLine) -> impl IntoView {
    let DomainLine { standing, verified_at, checked_at, failure, look_at, record_name, .. } = line;
    let found = match failure {
        None => None,
        Some(Failure::Missing) => Some(format!("No TXT record is at {record_name}.")),
        Some(Failure::Other) => Some(format!("There is a TXT record at {record_name}, and its text is another.")),
        Some(Failure::Unanswered) => {
            Some("The name servers did not answer, which says nothing about the record.".to_owned())
        }
    };
    let follows = match standing {
        Standing::Waiting => "It counts once the record is found.",
        Standing::Verified => "It counts.",
        Standing::Failing { counts: true } => {
            "It still counts. After three answers in a row without the record it stops counting for new people."
        }
        Standing::Failing { counts: false } => "Nobody new gets a seat by it until the record is back.",
    };
    view! {
        {verified_at.map(|at| view! { "Found first on "<Day at/>". " })}
        {checked_at.map(|at| view! { "Looked for last on "<Minute at/>". " })}
        {found.map(|found| format!("{found} "))}
        {follows}
        {match look_at {
            Some(at) => view! { " The next look is on "<Minute at/>"." }.into_any(),
            None => " It is not looked for by itself any more: check it when the record is there.".into_any(),
        }}
    }
}

/// The form for another one.
#[component]
pub fn Add(
    /// In which organization.
    slug: String,
    /// Whether there is room.
    room: bool,
    /// What can be done.
    deeds: Deeds,
) -> impl IntoView {
    let failed = failure(deeds.add);
    let form = NodeRef::<Form>::new();
    when_done(deeds.add, move |_| {
        if let Some(form) = form.get_untracked() {
            form.reset();
        }
    });
    let body = if room {
        view! {
            <ActionForm action=deeds.add node_ref=form on:submit:capture=once(deeds.add)>
                <Failed of=failed except=&["domain"]/>
                <input type="hidden" name="slug" value=slug/>
                <Field
                    name="domain"
                    label="Domain"
                    required=true
                    maxlength=255
                    hint="What stands behind the @ of your addresses."
                    error=at_field(failed, "domain")
                />
                <Submit label="Add domain" pending=deeds.add.pending()/>
            </ActionForm>
        }
        .into_any()
    } else {
        view! { <p>"The list is full. Remove a domain that is not needed any more, then there is room."</p> }.into_any()
    };
    view! {
        <Part
            id="add-title"
            title="Another domain"
            words="For companies with several. You show that it is yours by a record that only its owner can write."
        >
            {body}
        </Part>
    }
}
