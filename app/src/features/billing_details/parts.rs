//! What the page of billing details is made of.

use domain::billing_details::DetailsForm;
use domain::tax_id::{TaxIdKind, TaxIdState};
use domain::view::{ContactRow, DetailsSheet};
use leptos::form::ActionForm;
use leptos::prelude::*;

use super::api::{
    AddBillingContact, PreferBillingContact, RemoveBillingContact, ResendBillingContact, SetBillingDetails,
};
use crate::components::button::{Submit, Weight};
use crate::components::field::Field;
use crate::components::icon::{Draw, Icon};
use crate::components::outcome::{Failure, at_field, failure, once};
use crate::components::time::Day;

const FIELDS: &[&str] =
    &["company", "line1", "line2", "city", "postal_code", "state", "country", "po_number", "tax_kind", "tax_number"];

/// What the payment service has found out about a tax number.
#[must_use]
pub const fn tax_words(state: TaxIdState) -> (&'static str, &'static str) {
    match state {
        TaxIdState::Pending => ("Being checked", "status"),
        TaxIdState::Verified => ("Verified", "status status-good"),
        TaxIdState::Unverified => ("Not found by the office", "status status-warn"),
        TaxIdState::Unavailable => ("Cannot be checked", "status"),
    }
}

/// The form of what stands on invoices.
#[component]
pub fn Details(
    /// What there is.
    sheet: DetailsSheet,
    /// Whose.
    slug: String,
    /// Sends it.
    set: ServerAction<SetBillingDetails>,
) -> impl IntoView {
    let failed = failure(set);
    let kind_error = at_field(failed, "tax_kind");
    let DetailsForm { company, address, po_number, tax_kind, tax_number } = sheet.form;
    let kind = tax_kind.parse::<TaxIdKind>().ok();
    let kinds = TaxIdKind::ALL
        .into_iter()
        .map(|one| {
            let words = format!("{}, such as {}", one.label(), one.example());
            view! { <option value=one.as_str() selected=kind == Some(one)>{words}</option> }
        })
        .collect_view();
    let tax = sheet.tax_state.filter(|_| kind.is_some()).map(|state| {
        let (word, class) = tax_words(state);
        view! { <p><span class=class>{word}</span></p> }
    });
    view! {
        <section class="card details" aria-labelledby="on-invoices">
            <header class="card-head"><h2 id="on-invoices">"On your invoices"</h2></header>
            <ActionForm action=set on:submit:capture=once(set)>
                <Failure of=failed except=FIELDS/>
                <input type="hidden" name="slug" value=slug/>
                <Field name="company" label="Company name" value=company maxlength=150 autocomplete="organization"
                    hint="Empty: as it is called here." error=at_field(failed, "company")/>
                <Field name="line1" label="Street and number" value=address.line1 maxlength=200
                    autocomplete="address-line1" error=at_field(failed, "line1")/>
                <Field name="line2" label="Floor, attention of" value=address.line2 maxlength=200
                    autocomplete="address-line2" error=at_field(failed, "line2")/>
                <Field name="postal_code" label="Postal code" value=address.postal_code maxlength=20
                    autocomplete="postal-code" error=at_field(failed, "postal_code")/>
                <Field name="city" label="City" value=address.city maxlength=100
                    autocomplete="address-level2" error=at_field(failed, "city")/>
                <Field name="state" label="State or region" value=address.state maxlength=100
                    autocomplete="address-level1" error=at_field(failed, "state")/>
                <Field name="country" label="Country" value=address.country maxlength=2 autocomplete="country"
                    hint="Two letters, such as DE or US." error=at_field(failed, "country")/>
                <Field name="po_number" label="PO number" value=po_number maxlength=30
                    hint="The number of your own order, if your books want one." error=at_field(failed, "po_number")/>
                <div class="field" class:field-wrong=move || kind_error.read().is_some()>
                    <label for="tax_kind">"Kind of tax number"</label>
                    <div class="select">
                        <select id="tax_kind" name="tax_kind">
                            <option value="" selected=kind.is_none()>"None"</option>
                            {kinds}
                        </select>
                        <Draw icon=Icon::Chevron/>
                    </div>
                    <p class="field-error" aria-live="polite">
                        {move || kind_error.get().map(|no| format!("{} {}", no.what, no.next))}
                    </p>
                </div>
                <Field name="tax_number" label="Tax number" value=tax_number maxlength=40 error=at_field(failed, "tax_number")/>
                {tax}
                <Submit label="Save" weight=Weight::Primary pending=set.pending()/>
            </ActionForm>
        </section>
    }
}

/// Who gets invoices, and a way to name one more.
#[component]
pub fn Contacts(
    /// What there is.
    sheet: DetailsSheet,
    /// Whose.
    slug: String,
    /// Names one more.
    add: ServerAction<AddBillingContact>,
    /// Makes one the first.
    prefer: ServerAction<PreferBillingContact>,
    /// Takes one away.
    remove: ServerAction<RemoveBillingContact>,
    /// Asks one again.
    resend: ServerAction<ResendBillingContact>,
) -> impl IntoView {
    let failed = failure(add);
    let first = sheet.first.to_string();
    let rows = sheet
        .contacts
        .into_iter()
        .map(|row| view! { <Contact row slug=slug.clone() prefer remove resend/> })
        .collect_view();
    view! {
        <section class="card details" aria-labelledby="who-gets-invoices">
            <header class="card-head"><h2 id="who-gets-invoices">"Who gets invoices"</h2></header>
            <p class="card-note">
                "Billing contacts get every invoice and letters about payments. They use no seat and need no account."
            </p>
            <p class="card-note">"The payment service itself writes to "<strong>{first}</strong>"."</p>
            <ul class="contacts" aria-label="Billing contacts">{rows}</ul>
            <ActionForm action=add on:submit:capture=once(add)>
                <Failure of=failed except=&["email"]/>
                <input type="hidden" name="slug" value=slug/>
                <Field name="email" label="E-mail address" kind="email" required=true maxlength=254
                    hint="They are asked first. Nothing is sent before they say yes." error=at_field(failed, "email")/>
                <Submit label="Add billing contact" pending=add.pending()/>
            </ActionForm>
        </section>
    }
}

#[component]
fn Contact(
    row: ContactRow,
    slug: String,
    prefer: ServerAction<PreferBillingContact>,
    remove: ServerAction<RemoveBillingContact>,
    resend: ServerAction<ResendBillingContact>,
) -> impl IntoView {
    let (id, email) = (row.id.to_string(), row.email.to_string());
    let state = match row.confirmed_at {
        Some(at) => view! { <span class="status status-good">"Said yes"</span>" on "<Day at/> }.into_any(),
        None => {
            view! { <span class="status status-warn">"Asked"</span>", the link works until "<Day at=row.expires_at/> }
                .into_any()
        }
    };
    let hidden = {
        let (slug, id) = (slug.clone(), id.clone());
        move || {
            view! {
                <input type="hidden" name="slug" value=slug.clone()/>
                <input type="hidden" name="id" value=id.clone()/>
            }
        }
    };
    let (in_middle, in_remove, whose) = (hidden(), hidden(), email.clone());
    let middle = match (row.confirmed_at.is_some(), row.first) {
        (true, true) => view! { <span>"First"</span> }.into_any(),
        (true, false) => view! {
            <ActionForm action=prefer on:submit:capture=once(prefer)>
                {in_middle}
                <Submit label="Make first" object=whose weight=Weight::Quiet/>
            </ActionForm>
        }
        .into_any(),
        (false, _) => view! {
            <ActionForm action=resend on:submit:capture=once(resend)>
                {in_middle}
                <Submit label="Ask again" object=whose weight=Weight::Quiet/>
            </ActionForm>
        }
        .into_any(),
    };
    view! {
        <li>
            <strong>{email.clone()}</strong>
            <span>{state}</span>
            <span class="row-deeds">
                {middle}
                <ActionForm action=remove on:submit:capture=once(remove)>
                    {in_remove}
                    <Submit label="Remove" object=email weight=Weight::Danger/>
                </ActionForm>
            </span>
        </li>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_state_of_a_tax_number_has_a_word_of_its_own() {
        let words: std::collections::BTreeSet<_> =
            TaxIdState::ALL.into_iter().map(|state| tax_words(state).0).collect();
        assert_eq!(words.len(), TaxIdState::ALL.len());
    }
}
