//! What is used is paid for afterwards, and counted again until the invoice is final: what was reported in the draft's
//! last hour belongs to it.

use super::Engine;
use super::invoice::Status;
use super::meter_event;

/// Counts the metered lines of a draft again.
pub fn recount(engine: &mut Engine, invoice: &str) {
    let Some(mut invoice) = engine.state.invoices.get(invoice).filter(|i| i.status == Status::Draft).cloned() else {
        return;
    };
    for line in invoice.lines.iter_mut().filter(|line| !line.proration) {
        let Some(price) = engine.state.prices.get(&line.price) else { continue };
        let Some(meter) = &price.meter else { continue };
        line.quantity = meter_event::used(engine, meter, &invoice.customer, (line.start, line.end));
        line.amount = price.amount(line.quantity);
        line.description = price.describe(engine, line.quantity);
    }
    engine.state.invoices.insert(invoice);
}
