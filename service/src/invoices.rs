//! The list of invoices, and what is owed.

use std::time::Duration;

use domain::view::{DebtView, InvoiceList, InvoiceQuery, InvoiceRow, InvoicesView};
use domain::{EmailAddress, Invoice, Money, Permission, Refusal, Role, Timestamp};
use store::{InvoiceFilter, OrgRecord, Query, TenantRead};

use crate::{Caller, Error, Services, desk, door, dunning, refusal};

/// How many are on a page.
const PAGE: u32 = 10;
/// How many stand on the billing tab.
const LAST: u32 = 5;

/// A page of the invoices, from the mirror: for who may see them. Everybody else learns whom to ask.
///
/// # Errors
/// [`Error::NotFound`] for a stranger and for an organization that is not there, [`Error::Invalid`] with `status`, `from`
/// or `to`.
pub async fn invoices(
    s: &Services,
    caller: &Caller,
    slug: &str,
    query: &InvoiceQuery,
    page: u32,
) -> Result<InvoicesView, Error> {
    let scope = door::open(s, caller, slug).await?;
    let found = scope.read(Look { s, filter: filter(query)?, page: page.max(1) }).await?;
    Ok(InvoicesView {
        desk: desk::draw(s, caller, &found.org, found.role).await?,
        owners: found.owners,
        list: found.list,
    })
}

/// What was asked for, as the store is asked.
pub(crate) fn filter(query: &InvoiceQuery) -> Result<InvoiceFilter, Error> {
    const DAY: Duration = Duration::from_hours(24);
    let end = |field, text: &str| match text.trim() {
        "" => Ok(None),
        day => match Timestamp::end_of_day(day) {
            Some(last_second) => Ok(Some(last_second.plus(Duration::from_secs(1)))),
            None => Err(Error::invalid(field, refusal::no_such_day())),
        },
    };
    let status = match query.status.trim() {
        "" => None,
        word => Some(word.parse().map_err(|_| {
            let what = "There is no such state of an invoice.";
            Error::invalid("status", Refusal::new("invoice-status", what, "Choose one from the list."))
        })?),
    };
    Ok(InvoiceFilter {
        status,
        from: end("from", &query.from)?.map(|end| end.minus(DAY)),
        until: end("to", &query.to)?,
    })
}

/// The last of them, for who may see them.
pub(crate) async fn last(s: &Services, tx: &mut TenantRead) -> Result<Vec<InvoiceRow>, Error> {
    if !tx.role().may(Permission::BillingManage) {
        return Ok(Vec::new());
    }
    let found = tx.invoices(&InvoiceFilter::default(), 0, LAST).await?;
    rows(s, tx, found).await
}

/// What is owed, if something is.
pub(crate) async fn debt(s: &Services, tx: &mut TenantRead) -> Result<Option<DebtView>, Error> {
    let owed = tx.owed().await?;
    let (Some(first), Some(since)) = (owed.first(), tx.owes_since().await?) else { return Ok(None) };
    let payer = tx.role().may(Permission::BillingManage);
    Ok(Some(DebtView {
        invoice: first.id.clone(),
        number: first.number.clone(),
        amount: first.remaining,
        card: first.card.clone(),
        failed_at: since,
        next_attempt: first.next_attempt,
        needs_confirmation: first.needs_confirmation,
        until: since.plus(s.settings().grace),
        page: first.page.clone().filter(|_| payer),
        more: u32::try_from(owed.len() - 1).unwrap_or(u32::MAX),
    }))
}

async fn rows(s: &Services, tx: &mut TenantRead, found: Vec<Invoice>) -> Result<Vec<InvoiceRow>, Error> {
    let bought = tx.subscription().await?;
    let waiting = dunning::waiting(bought.as_ref());
    let now = s.billing_now();
    Ok(found
        .into_iter()
        .map(|invoice| InvoiceRow {
            owed: invoice.is_owed(waiting, now),
            returned: Money::new(invoice.refunded.minor.saturating_add(invoice.credited.minor), invoice.currency()),
            id: invoice.id,
            number: invoice.number,
            reason: invoice.reason,
            status: invoice.status,
            needs_confirmation: invoice.needs_confirmation,
            created_at: invoice.created_at,
            total: invoice.total,
            balance: invoice.balance,
            due: invoice.due,
            remaining: invoice.remaining,
            disputed: invoice.disputed,
            page: invoice.page,
            pdf: invoice.pdf,
        })
        .collect())
}

struct Look<'a> {
    s: &'a Services,
    filter: InvoiceFilter,
    page: u32,
}

struct Found {
    org: OrgRecord,
    role: Role,
    owners: Vec<EmailAddress>,
    list: Option<InvoiceList>,
}

impl Query for Look<'_> {
    const REQUIRES: Permission = Permission::OrganizationRead;
    type Output = Found;
    type Error = Error;

    async fn run(self, tx: &mut TenantRead) -> Result<Found, Error> {
        let Self { s, filter, page } = self;
        let list = if tx.role().may(Permission::BillingManage) {
            let count = tx.count_invoices(&filter).await?;
            let pages = count.div_ceil(PAGE).max(1);
            let page = page.min(pages);
            let found = tx.invoices(&filter, (page - 1) * PAGE, PAGE).await?;
            let rows = rows(s, tx, found).await?;
            Some(InvoiceList { rows, count, page, pages, seen_at: tx.invoices_seen_at().await? })
        } else {
            None
        };
        Ok(Found {
            org: tx.organization().await?,
            role: tx.role(),
            owners: tx.owners().await?.into_iter().map(|owner| owner.email).collect(),
            list,
        })
    }
}
