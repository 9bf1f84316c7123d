//! What the page of the audit log is made of.

use domain::audit::{ACTIONS, KINDS, words};
use domain::view::{AuditActor, AuditChange, AuditLine, AuditQuery, AuditView};
use leptos::prelude::*;
use leptos_router::components::Form;

use super::page::asking;
use crate::components::button::Submit;
use crate::components::empty::Empty;
use crate::components::field::Field;
use crate::components::icon::{Draw, Icon};
use crate::components::time::Minute;
use crate::routes::Page;

/// The ways to take the log away, with what is looked for now.
#[component]
pub fn TakeAway(path: String, asked: AuditQuery) -> impl IntoView {
    let asking = asking(&asked);
    let file = |ending: &str| format!("{path}.{ending}?{asking}");
    view! {
        <p class="log-deeds">
            <a class="button" rel="external" download="" href=file("csv")>"Download CSV"</a>
            <a class="button" rel="external" download="" href=file("json")>"Download JSON"</a>
        </p>
    }
}

/// Looking for lines: a form that asks for the same page.
#[component]
pub fn Search(path: String, asked: AuditQuery) -> impl IntoView {
    let narrowed = asked != AuditQuery::default();
    let all = path.clone();
    let AuditQuery { who, action, about, from, to } = asked;
    view! {
        <section class="card log-search" role="search" aria-label="Look for lines">
            <Form method="GET" action=path>
                <Field name="who" label="Who" value=who maxlength=254 placeholder="jane@"/>
                <What action/>
                <Field name="about" label="About" value=about maxlength=254 placeholder="jane@ or a word"/>
                <Field name="from" label="From" kind="date" value=from/>
                <Field name="to" label="To" kind="date" value=to/>
                <div class="log-deeds">
                    <Submit label="Show"/>
                    {narrowed.then(|| view! { <a href=all>"Show everything"</a> })}
                </div>
            </Form>
        </section>
    }
}

#[component]
fn What(action: String) -> impl IntoView {
    let chosen = |value: &str| action == value;
    let kinds = KINDS
        .iter()
        .map(|&(kind, name)| {
            let of_kind = ACTIONS
                .iter()
                .filter(|(action, _)| action.split_once('.').is_some_and(|(noun, _)| noun == kind))
                .map(|&(action, words)| view! { <option value=action selected=chosen(action)>{words}</option> })
                .collect_view();
            view! {
                <optgroup label=name>
                    <option value=kind selected=chosen(kind)>{format!("{name}: all")}</option>
                    {of_kind}
                </optgroup>
            }
        })
        .collect_view();
    view! {
        <div class="field">
            <label for="action">"What"</label>
            <div class="select">
                <select id="action" name="action">
                    <option value="" selected=chosen("")>"Everything"</option>
                    {kinds}
                </select>
                <Draw icon=Icon::Chevron/>
            </div>
        </div>
    }
}

/// The lines, the newest first.
#[component]
pub fn Lines(lines: Vec<AuditLine>, all: String, asked: bool) -> impl IntoView {
    if lines.is_empty() {
        return if asked {
            view! {
                <Empty title="No such line">
                    <p>"Nothing in the log is like what you look for."</p>
                    <a class="button" href=all>"Show everything"</a>
                </Empty>
            }
            .into_any()
        } else {
            view! { <Empty title="Nothing yet"><p>"Whatever is changed here leaves a line."</p></Empty> }.into_any()
        };
    }
    let lines = lines.into_iter().map(|line| view! { <Line line/> }).collect_view();
    view! {
        <section class="card card-table log" aria-label="Lines">
            <table role="table">
                <thead role="rowgroup">
                    <tr role="row">
                        <th role="columnheader" scope="col">"What"</th>
                        <th role="columnheader" scope="col">"Changes"</th>
                        <th role="columnheader" scope="col">"By"</th>
                        <th role="columnheader" scope="col">"When"</th>
                    </tr>
                </thead>
                <tbody role="rowgroup">{lines}</tbody>
            </table>
        </section>
    }
    .into_any()
}

#[component]
fn Line(line: AuditLine) -> impl IntoView {
    let AuditLine { number, at, who, action, entity, changes, ip, user_agent } = line;
    let (name, kind) = match who {
        AuditActor::Member(email) => (email, None),
        AuditActor::Invited(email) => (email, Some("with an invitation".to_owned())),
        AuditActor::Usher(why) => ("Usher".to_owned(), Some(why)),
    };
    let facts = [
        ("Line", Some(number.to_string())),
        ("Action", Some(action.clone())),
        ("On", Some(entity)),
        ("From", ip),
        ("With", user_agent),
    ];
    let facts = facts
        .into_iter()
        .filter_map(|(name, value)| value.map(|value| view! { <div><dt>{name}</dt><dd>{value}</dd></div> }))
        .collect_view();
    view! {
        <tr role="row" id=format!("line-{number}")>
            <td role="cell" class="log-what">
                <strong>{words(&action).to_owned()}</strong>
                <details>
                    <summary>"Details"<span class="unseen">{format!(" of line {number}")}</span></summary>
                    <dl>{facts}</dl>
                </details>
            </td>
            <td role="cell" data-label="Changes"><Changes changes/></td>
            <td role="cell" data-label="By"><span class="log-long">{name}</span>{kind.map(|kind| view! { <small>{kind}</small> })}</td>
            <td role="cell" data-label="When"><Minute at/></td>
        </tr>
    }
}

#[component]
fn Changes(changes: Vec<AuditChange>) -> impl IntoView {
    (!changes.is_empty()).then(|| {
        let rows = changes
            .into_iter()
            .map(|AuditChange { name, before, after }| {
                let value = match (before, after) {
                    (Some(before), Some(after)) => {
                        view! { <span>{before}</span>" → "<span>{after}</span> }.into_any()
                    }
                    (None, Some(after)) => view! { <span>{after}</span> }.into_any(),
                    (Some(before), None) => view! { <span>"was "{before}</span> }.into_any(),
                    (None, None) => ().into_any(),
                };
                view! { <li>{(!name.is_empty()).then(|| view! { <span class="log-name">{name}": "</span> })}{value}</li> }
            })
            .collect_view();
        view! { <ul class="log-changes">{rows}</ul> }
    })
}

/// What the log is worth, and what this plan does not do with it.
#[component]
pub fn Proof(view: AuditView) -> impl IntoView {
    let slug = view.desk.slug.clone();
    let upgrade = view.desk.role.may(domain::Permission::BillingManage);
    let no_export = view.no_export.map(|refusal| {
        view! {
            <section class="card log-note" aria-label="Export">
                <p>{refusal.what}" "{refusal.next}</p>
                {upgrade.then(|| view! { <a class="button" href=Page::Billing.at(&slug)>"See the plans"</a> })}
            </section>
        }
    });
    let proof = view.head.map(|head| {
        view! {
            <details class="log-proof">
                <summary>"Prove later that nothing was changed"</summary>
                <p>
                    "Each line carries a hash of itself and of the line before it, so none can be changed, removed or \
                     put elsewhere without a trace. Keep the last line's number and hash outside of Usher; who runs \
                     Usher can then show that the log up to it is still the same."
                </p>
                <p><code class="log-long">{head.to_string()}</code></p>
            </details>
        }
    });
    view! { {no_export}{proof} }
}
