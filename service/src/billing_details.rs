//! What stands on invoices, and who gets them.

use domain::access::Deed;
use domain::billing_details::{BillingDetails, DetailsForm};
use domain::ids::OutboxId;
use domain::tax_id::{TaxId, TaxIdKind};
use domain::view::{ContactRow, DetailsSheet, DetailsView};
use domain::{EmailAddress, Permission, Role};
use serde_json::json;
use store::{Command, Effect, OrgRecord, Query, TenantRead, TenantTx};

use crate::{Caller, Error, Services, desk, door};

/// What stands on invoices and who gets them: for who may see it. Everybody else learns whom to ask.
///
/// # Errors
/// [`Error::NotFound`] for a stranger and for an organization that is not there.
pub async fn billing_details(s: &Services, caller: &Caller, slug: &str) -> Result<DetailsView, Error> {
    let scope = door::open(s, caller, slug).await?;
    let found = scope.read(Look).await?;
    Ok(DetailsView {
        desk: desk::draw(s, caller, &found.org, found.role).await?,
        owners: found.owners,
        sheet: found.sheet,
    })
}

/// Says what stands on invoices from now on, and tells the provider.
///
/// # Errors
/// [`Error::NotFound`], [`Error::Forbidden`], [`Error::Invalid`] with the field.
pub async fn set_billing_details(s: &Services, caller: &Caller, slug: &str, form: DetailsForm) -> Result<(), Error> {
    let scope = door::open(s, caller, slug).await?;
    scope.may(Permission::BillingManage)?;
    let DetailsForm { company, address, po_number, tax_kind, tax_number } = form;
    let tax_id = match (tax_kind.trim(), tax_number.trim()) {
        (_, "") => None,
        (kind, number) => {
            let kind = kind.parse::<TaxIdKind>().map_err(|no| Error::invalid("tax_kind", no))?;
            Some(TaxId::read(kind, number).map_err(|no| Error::invalid("tax_number", no))?)
        }
    };
    let read = BillingDetails { company, address, po_number, tax_id }.read();
    let details = read.map_err(|no| Error::invalid(no.field(), no))?;
    scope.execute(Set { s, details }, s.now()).await?;
    s.wake();
    Ok(())
}

struct Set<'a> {
    s: &'a Services,
    details: BillingDetails,
}

impl Command for Set<'_> {
    const REQUIRES: Permission = Permission::BillingManage;
    // Who pays must be able to say who pays, also when a payment is late.
    const DEED: Deed = Deed::Settle;
    type Output = ();
    type Error = Error;

    async fn run(self, tx: &mut TenantTx) -> Result<(), Error> {
        let Self { s, details } = self;
        let before = tx.billing_details().await?.map(|known| known.details);
        if before.as_ref() == Some(&details) {
            return Ok(());
        }
        tx.set_billing_details(&details).await?;
        tx.enqueue(s.id(OutboxId::new), &Effect::BillingDetails).await?;
        let org = tx.org();
        door::audit(s, tx, "billing.details_changed", org, before.map(|was| json!(was)), Some(json!(details))).await
    }
}

struct Look;

struct Found {
    org: OrgRecord,
    role: Role,
    owners: Vec<EmailAddress>,
    sheet: Option<DetailsSheet>,
}

impl Query for Look {
    const REQUIRES: Permission = Permission::OrganizationRead;
    type Output = Found;
    type Error = Error;

    async fn run(self, tx: &mut TenantRead) -> Result<Found, Error> {
        let owners: Vec<EmailAddress> = tx.owners().await?.into_iter().map(|owner| owner.email).collect();
        let sheet = match owners.first() {
            Some(owner) if tx.role().may(Permission::BillingManage) => Some(sheet(tx, owner).await?),
            _ => None,
        };
        Ok(Found { org: tx.organization().await?, role: tx.role(), owners, sheet })
    }
}

async fn sheet(tx: &mut TenantRead, owner: &EmailAddress) -> Result<DetailsSheet, Error> {
    let (known, contacts) = (tx.billing_details().await?, tx.billing_contacts().await?);
    let customer = tx.organization().await?.customer.is_some();
    let first = contacts.iter().find(|contact| contact.confirmed_at.is_some());
    let (first, first_id) = (first.map_or(owner, |first| &first.email).clone(), first.map(|first| first.id));
    Ok(DetailsSheet {
        on_its_way: customer && known.as_ref().is_some_and(|known| !known.has_arrived()),
        tax_state: known.as_ref().and_then(|known| known.tax_state),
        form: known.map(|known| known.details).unwrap_or_default().into(),
        first,
        contacts: contacts
            .into_iter()
            .map(|contact| ContactRow {
                first: first_id == Some(contact.id),
                id: contact.id,
                email: contact.email,
                confirmed_at: contact.confirmed_at,
                expires_at: contact.expires_at,
            })
            .collect(),
    })
}
