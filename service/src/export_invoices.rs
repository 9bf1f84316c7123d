//! The invoices as a table for a spreadsheet.

use domain::view::InvoiceQuery;
use domain::{Invoice, Permission, Timestamp};
use store::{InvoiceFilter, Query, TenantRead, TenantScope};

use crate::export_audit::harmless;
use crate::{Caller, Error, Services, door, invoices};

/// How many are read at once: as much as is ever in memory.
const AT_ONCE: u32 = 200;
const COLUMNS: [&str; 15] = [
    "number",
    "date",
    "status",
    "reason",
    "currency",
    "subtotal",
    "total",
    "balance",
    "due",
    "paid",
    "remaining",
    "refunded",
    "credited",
    "disputed",
    "paid_at",
];

/// A table on its way out, piece by piece.
pub struct InvoiceExport {
    scope: TenantScope,
    filter: InvoiceFilter,
    last: Option<Invoice>,
    begun: bool,
    over: bool,
    /// What to call the file.
    pub file_name: String,
}

/// Begins to take the invoices away, the newest first.
///
/// # Errors
/// [`Error::NotFound`], [`Error::Forbidden`], [`Error::Invalid`] with `status`, `from` or `to`.
pub async fn export_invoices(
    s: &Services,
    caller: &Caller,
    slug: &str,
    query: &InvoiceQuery,
) -> Result<InvoiceExport, Error> {
    let scope = door::open(s, caller, slug).await?;
    scope.may(Permission::BillingManage)?;
    let filter = invoices::filter(query)?;
    let day = s.now().rfc3339().chars().take(10).collect::<String>();
    let file_name = format!("{}-invoices-{day}.csv", scope.slug());
    Ok(InvoiceExport { scope, filter, last: None, begun: false, over: false, file_name })
}

impl InvoiceExport {
    /// The next piece; `None` after the last.
    ///
    /// # Errors
    /// [`Error::NotFound`] or [`Error::Forbidden`] if who asks has lost their place or their role meanwhile.
    pub async fn next(&mut self) -> Result<Option<Vec<u8>>, Error> {
        if self.over {
            return Ok(None);
        }
        let piece = Piece { filter: self.filter.clone(), last: self.last.clone() };
        let found = self.scope.read(piece).await?;
        let first = !std::mem::replace(&mut self.begun, true);
        self.over = u32::try_from(found.len()).unwrap_or(u32::MAX) < AT_ONCE;
        let text = table(&found, first)?;
        self.last = found.into_iter().next_back().or_else(|| self.last.take());
        Ok(Some(text))
    }
}

struct Piece {
    filter: InvoiceFilter,
    last: Option<Invoice>,
}

impl Query for Piece {
    const REQUIRES: Permission = Permission::BillingManage;
    type Output = Vec<Invoice>;
    type Error = Error;

    async fn run(self, tx: &mut TenantRead) -> Result<Self::Output, Error> {
        Ok(tx.invoices_before(&self.filter, self.last.as_ref(), AT_ONCE).await?)
    }
}

fn table(found: &[Invoice], first: bool) -> Result<Vec<u8>, Error> {
    let broken = |error: csv::Error| Error::Broken(error.into());
    let mut table = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(Vec::new());
    if first {
        table.write_record(COLUMNS).map_err(broken)?;
    }
    for one in found {
        let text = |text: &str| harmless(text);
        let cells = [
            text(one.number.as_deref().unwrap_or_default()),
            one.created_at.rfc3339(),
            one.status.to_string(),
            one.reason.label().to_owned(),
            one.currency().code().to_uppercase(),
            // Amounts are numbers, not texts: a credit begins with a minus and is no formula.
            one.subtotal.plain(),
            one.total.plain(),
            one.balance.plain(),
            one.due.plain(),
            one.paid.plain(),
            one.remaining.plain(),
            one.refunded.plain(),
            one.credited.plain(),
            if one.disputed { "yes" } else { "no" }.to_owned(),
            one.paid_at.map(Timestamp::rfc3339).unwrap_or_default(),
        ];
        table.write_record(cells).map_err(broken)?;
    }
    table.into_inner().map_err(|error| Error::Broken(anyhow::anyhow!("{error}")))
}
