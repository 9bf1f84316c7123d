//! Where two books can differ, and what puts them right (R5.9).
//!
//! Members, the counters beside them, the history of seats, our mirror, the provider's subscription and its invoice are
//! six books about one thing. Each kind of difference has a cause that is told, and most have a repair that only looks or
//! counts again. None moves money by a guess.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A kind of difference.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Drift {
    /// The seat counters are not what the lists of members and invitations say.
    CountersDiffer,
    /// The history of seats does not end where the counters are.
    LedgerDiffers,
    /// The mirror says something else than the provider.
    MirrorStale,
    /// The mirror says that it lives, and at the provider it has ended or is not there.
    EndedAtProvider,
    /// The organization may do something else than what its subscription gives.
    EntitlementDiffers,
    /// The organization has a paid plan, and nobody pays for one.
    PaidWithoutSubscription,
    /// Fewer seats are billed than there are members.
    QuantityDiffers,
    /// The mirror of an invoice is missing, or in another state.
    InvoiceStale,
    /// The invoice of the period bills more seats than the subscription has.
    InvoiceDiffers,
    /// The invoice of a change is not what was shown and agreed to.
    QuoteDiffers,
    /// What is paid is no price of the catalogue's.
    PriceDrifted,
    /// One organization pays twice.
    TwoLive,
    /// Somebody pays, and no organization has it.
    WithoutOrganization,
    /// Events wait for a customer who is not known.
    EventsParked,
    /// Events were put aside after too many tries.
    EventsDead,
    /// Events could not be delivered.
    EventsUndelivered,
}

/// What puts a difference right.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Repair {
    /// Counting members and invitations again, while nobody moves.
    Recount,
    /// Fetching the subscription again, as after any event.
    LookAgain,
    /// Fetching the invoice again, as after any event.
    LookAtInvoice,
    /// Giving the organization what its subscription gives.
    Entitle,
    /// Sending the number of seats, as after any change of members.
    SendSeats,
    /// Taking the events into the inbox, as if they had come.
    TakeIn,
}

impl Drift {
    /// All of them.
    pub const ALL: [Self; 16] = [
        Self::CountersDiffer,
        Self::LedgerDiffers,
        Self::MirrorStale,
        Self::EndedAtProvider,
        Self::EntitlementDiffers,
        Self::PaidWithoutSubscription,
        Self::QuantityDiffers,
        Self::InvoiceStale,
        Self::InvoiceDiffers,
        Self::QuoteDiffers,
        Self::PriceDrifted,
        Self::TwoLive,
        Self::WithoutOrganization,
        Self::EventsParked,
        Self::EventsDead,
        Self::EventsUndelivered,
    ];

    /// For programs: `mirror_stale`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::CountersDiffer => "counters_differ",
            Self::LedgerDiffers => "ledger_differs",
            Self::MirrorStale => "mirror_stale",
            Self::EndedAtProvider => "ended_at_provider",
            Self::EntitlementDiffers => "entitlement_differs",
            Self::PaidWithoutSubscription => "paid_without_subscription",
            Self::QuantityDiffers => "quantity_differs",
            Self::InvoiceStale => "invoice_stale",
            Self::InvoiceDiffers => "invoice_differs",
            Self::QuoteDiffers => "quote_differs",
            Self::PriceDrifted => "price_drifted",
            Self::TwoLive => "two_live",
            Self::WithoutOrganization => "without_organization",
            Self::EventsParked => "events_parked",
            Self::EventsDead => "events_dead",
            Self::EventsUndelivered => "events_undelivered",
        }
    }

    /// How it comes to that, for people.
    #[must_use]
    pub const fn cause(self) -> &'static str {
        match self {
            Self::CountersDiffer => "Somebody has changed the database by hand, or a backup was only partly restored.",
            Self::LedgerDiffers => "A move of seats was made by hand, past the gate.",
            Self::MirrorStale => "A webhook did not come, or has not been worked on yet.",
            Self::EndedAtProvider => "It was ended in the provider's dashboard, and the webhook did not come.",
            Self::EntitlementDiffers => "The catalogue has changed, or somebody has changed the database by hand.",
            Self::PaidWithoutSubscription => {
                "The subscription was deleted at the provider, or the database is another one's."
            }
            Self::QuantityDiffers => "The number was changed in the dashboard, or a seat change was put aside.",
            Self::InvoiceStale => "Its webhooks did not come, or have not been worked on yet.",
            Self::InvoiceDiffers => "The number was lowered in the dashboard in the middle of a period.",
            Self::QuoteDiffers => {
                "The subscription was changed in the dashboard between the quote and the charge, or Usher reckons wrongly."
            }
            Self::PriceDrifted => "The price was chosen in the dashboard, or its plan was taken out of the catalogue.",
            Self::TwoLive => "Two payment pages were paid at once, or one was sold in the dashboard.",
            Self::WithoutOrganization => {
                "The organization was deleted while somebody paid, or the database is an older one."
            }
            Self::EventsParked => "They are about customers of something else, or of a database that was lost.",
            Self::EventsDead => "The provider or the database failed twelve times in a row.",
            Self::EventsUndelivered => "Usher was not reached.",
        }
    }

    /// What puts it right; `None`: a person decides, because money is in it or because nobody knows what is true.
    #[must_use]
    pub const fn repair(self) -> Option<Repair> {
        match self {
            Self::CountersDiffer | Self::LedgerDiffers => Some(Repair::Recount),
            Self::MirrorStale | Self::EndedAtProvider => Some(Repair::LookAgain),
            Self::EntitlementDiffers | Self::PaidWithoutSubscription => Some(Repair::Entitle),
            Self::InvoiceStale => Some(Repair::LookAtInvoice),
            Self::QuantityDiffers => Some(Repair::SendSeats),
            Self::EventsUndelivered => Some(Repair::TakeIn),
            Self::InvoiceDiffers
            | Self::QuoteDiffers
            | Self::PriceDrifted
            | Self::TwoLive
            | Self::WithoutOrganization
            | Self::EventsParked
            | Self::EventsDead => None,
        }
    }

    /// What a person does about it, where no repair is made.
    #[must_use]
    pub const fn remedy(self) -> &'static str {
        match self {
            Self::InvoiceDiffers => "Look at the invoice, and credit what was billed too much.",
            Self::QuoteDiffers => "Compare the invoice with the quote, and credit what was billed too much.",
            Self::PriceDrifted => "Move the subscription to a price of the catalogue, or put the plan back into it.",
            Self::TwoLive => "Decide which of them stays; end and refund the other in the dashboard.",
            Self::WithoutOrganization => {
                "Find out who pays; end and refund it in the dashboard, or restore the database."
            }
            Self::EventsParked => "See `usher stripe inbox list --state parked`; drop what is none of ours.",
            Self::EventsDead => "See `usher stripe inbox list --state dead`, and `usher stripe inbox replay --dead`.",
            _ => "Run `usher stripe reconcile`.",
        }
    }
}

impl Repair {
    /// What is done, for people.
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Self::Recount => "count members and invitations again",
            Self::LookAgain => "fetch the subscription again",
            Self::LookAtInvoice => "fetch the invoice again",
            Self::Entitle => "give the organization what its subscription gives",
            Self::SendSeats => "send the number of seats",
            Self::TakeIn => "take the events into the inbox",
        }
    }
}

impl fmt::Display for Drift {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
