//! What became of several invitations at once.

use domain::view::Desk;
use leptos::prelude::*;

use super::super::api::{Bad, Told};
use super::words::people;
use crate::components::banner::{Banner, Tone};
use crate::routes::Page;

/// What became of several invitations: numbers, and each row that was not invited with its reason.
#[component]
pub fn Report(
    /// It.
    told: Told,
    /// Where.
    desk: Desk,
) -> impl IntoView {
    let Told { invited, new, before, refused, more } = told;
    let bad = u32::try_from(refused.len()).unwrap_or(u32::MAX).saturating_add(more);
    let tone = if bad == 0 { Tone::Good } else { Tone::Warn };
    let numbers = [(new, "invited"), (before, "invited before, left alone"), (bad, "not invited")];
    let full = refused.iter().any(|row| row.why.code == "seats-full");
    let rows = refused
        .into_iter()
        .map(|Bad { line, email, why }| {
            view! {
                <tr role="row">
                    <td role="cell" data-label="Line"><span class="count">{line}</span></td>
                    <td role="cell" data-label="Address"><strong class="typed">{email}</strong></td>
                    <td role="cell" data-label="Why not">{why.what}" "{why.next}</td>
                </tr>
            }
        })
        .collect_view();
    let listed = bad > more;
    view! {
        <section class="report" aria-labelledby="report-title" data-refused=bad>
            <Banner tone>
                <h2 id="report-title">
                    {if bad == 0 { "All are invited".to_owned() } else { format!("{} not invited", people(bad)) }}
                </h2>
                <ul class="report-numbers">
                    {numbers
                        .into_iter()
                        .filter(|(count, _)| *count > 0)
                        .map(|(count, word)| view! { <li><strong class="count">{count}</strong>" "{word}</li> })
                        .collect_view()}
                </ul>
                {(!invited.is_empty()).then(|| view! {
                    <details><summary>"Who was invited"</summary><p>{invited.join(", ")}</p></details>
                })}
            </Banner>
            {listed.then(|| view! {
                <div class="card card-table report-table">
                    <table role="table">
                        <thead role="rowgroup">
                            <tr role="row">
                                <th role="columnheader" scope="col">"Line"</th>
                                <th role="columnheader" scope="col">"Address"</th>
                                <th role="columnheader" scope="col">"Why not"</th>
                            </tr>
                        </thead>
                        <tbody role="rowgroup">{rows}</tbody>
                    </table>
                    <p class="table-foot">
                        {(more > 0).then(|| format!("and {more} more, told when you send the list again. "))}
                        "Correct these lines and send the list again: who is invited already is left alone."
                        {full.then(|| view! {
                            " To make room, "<a href=Page::TeamReclaim.at(&desk.slug)>"free a seat"</a>"."
                        })}
                    </p>
                </div>
            })}
        </section>
    }
    .into_any()
}
