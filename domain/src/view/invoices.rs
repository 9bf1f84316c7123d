//! Invoices, what is owed, and what stands on invoices.

use serde::{Deserialize, Serialize};

use super::Desk;
use crate::billing_details::DetailsForm;
use crate::ids::BillingContactId;
use crate::invoice::{BillingReason, NextInvoice};
use crate::subscription::ProviderInvoiceId;
use crate::tax_id::TaxIdState;
use crate::{EmailAddress, InvoiceStatus, Money, Refusal, Timestamp};

/// Which invoices are asked for, as the form says it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct InvoiceQuery {
    /// `paid`; empty: in any state.
    #[serde(default)]
    pub status: String,
    /// From this day on, `2027-11-22`; empty: from the first.
    #[serde(default)]
    pub from: String,
    /// Up to this day.
    #[serde(default)]
    pub to: String,
}

/// One line of the list of invoices.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct InvoiceRow {
    /// The provider's name for it.
    pub id: ProviderInvoiceId,
    /// Its number; drafts have none.
    pub number: Option<String>,
    /// Why there is one.
    pub reason: BillingReason,
    /// What it is now.
    pub status: InvoiceStatus,
    /// It should have been paid by now.
    pub owed: bool,
    /// The bank wants the payer's word.
    pub needs_confirmation: bool,
    /// Written when.
    pub created_at: Timestamp,
    /// The sum of it all.
    pub total: Money,
    /// What credits of before make of it.
    pub balance: Money,
    /// What is or was to be paid.
    pub due: Money,
    /// What is still to be paid.
    pub remaining: Money,
    /// What was given back, by refunds and credit notes together.
    pub returned: Money,
    /// The bank was asked to take the money back.
    pub disputed: bool,
    /// Where it is paid and read.
    pub page: Option<String>,
    /// Where it is as a PDF.
    pub pdf: Option<String>,
}

/// The page of invoices.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct InvoicesView {
    /// The frame.
    pub desk: Desk,
    /// Owners, for who may not see invoices.
    pub owners: Vec<EmailAddress>,
    /// The invoices, for who may.
    pub list: Option<InvoiceList>,
}

/// A page of the list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct InvoiceList {
    /// The newest first.
    pub rows: Vec<InvoiceRow>,
    /// How many there are of this kind.
    pub count: u32,
    /// Which page this is, from 1.
    pub page: u32,
    /// How many pages there are.
    pub pages: u32,
    /// When the provider was asked last; `None`: never.
    pub seen_at: Option<Timestamp>,
}

/// What is owed, and what happens next.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DebtView {
    /// The invoice that is owed longest.
    pub invoice: ProviderInvoiceId,
    /// Its number.
    pub number: Option<String>,
    /// How much of it.
    pub amount: Money,
    /// The card that could not be charged.
    pub card: Option<String>,
    /// Since when.
    pub failed_at: Timestamp,
    /// When it is tried again.
    pub next_attempt: Option<Timestamp>,
    /// The bank wants the payer's word.
    pub needs_confirmation: bool,
    /// From then on everything is only read.
    pub until: Timestamp,
    /// Where it is paid; only for who may.
    pub page: Option<String>,
    /// How many more are owed.
    pub more: u32,
}

/// The invoice to come.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Upcoming {
    /// As the provider says now.
    Known(NextInvoice),
    /// None will come.
    Nothing,
    /// The provider does not answer: what was known of it.
    AsOf {
        /// When that was.
        seen_at: Timestamp,
        /// When the invoice will be written.
        at: Timestamp,
        /// How much it would be, before credits.
        total: Money,
    },
}

/// The page of what stands on invoices.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DetailsView {
    /// The frame.
    pub desk: Desk,
    /// Owners, for who may not see it.
    pub owners: Vec<EmailAddress>,
    /// What there is, for who may.
    pub sheet: Option<DetailsSheet>,
}

/// What stands on invoices, and who gets them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DetailsSheet {
    /// What the form begins with: what stands on them, or what was typed and refused.
    pub form: DetailsForm,
    /// It was changed, and the provider does not have it yet.
    pub on_its_way: bool,
    /// What the provider has found out about the tax number.
    pub tax_state: Option<TaxIdState>,
    /// Who gets invoices, the first of them first.
    pub contacts: Vec<ContactRow>,
    /// Where the provider's own letters go.
    pub first: EmailAddress,
}

/// Somebody who gets invoices.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ContactRow {
    /// Which.
    pub id: BillingContactId,
    /// Where.
    pub email: EmailAddress,
    /// Said yes when; `None`: the letter waits for an answer.
    pub confirmed_at: Option<Timestamp>,
    /// Until when the link in the letter works.
    pub expires_at: Timestamp,
    /// The provider's own letters go here.
    pub first: bool,
}

/// What somebody who opens a billing contact's link is shown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ContactView {
    /// Who wants to write.
    pub organization: String,
    /// To whom.
    pub email: EmailAddress,
    /// It was said yes before.
    pub confirmed: bool,
}

/// What came of trying to take the money once more.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PaidAgain {
    /// Paid.
    Paid,
    /// Not paid, and why.
    Not(Refusal),
}
