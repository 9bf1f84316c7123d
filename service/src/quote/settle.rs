//! What a snapshot of the subscription means for the change that somebody has agreed to. Whoever brings the snapshot (the
//! answer to the change, a webhook, somebody who looks, the worker) settles it, in the transaction of the snapshot.

use domain::Subscription;
use domain::billed::Billed;
use domain::quote::Counts;
use payments::provider::Change;
use serde_json::json;
use store::{QuoteOutcome, QuoteRecord, QuoteState, SeatLine, TenantTx};

use crate::{Error, Services, door};

/// Whether a subscription is what this change makes of it.
pub(crate) fn is_made(change: &Change, bought: &Subscription) -> bool {
    let has = |line: &payments::provider::ChangedLine| {
        bought.lines.iter().any(|has| {
            line.item.as_ref().is_none_or(|item| item == &has.item)
                && has.price == line.price
                && has.quantity == line.quantity
        })
    };
    bought.id == change.subscription
        && change.lines.iter().all(has)
        && bought.lines.iter().all(|line| !change.dropped.contains(&line.item))
}

/// The change as it is asked for.
pub(crate) fn change_of(quote: &QuoteRecord) -> Result<Change, Error> {
    serde_json::from_str(&quote.change).map_err(|error| Error::Broken(error.into()))
}

/// What somebody has bought holds the number of seats up, as far as it is more than people; fewer from the next renewal
/// was asked for before, and is forgotten.
///
/// It was paid from the second it was bought in, on an invoice of its own. So none of it is given back with the day, as
/// what follows the people is, and what was kept from before is used up.
async fn bought_ahead(tx: &mut TenantTx, new: &Subscription, seats: u32) -> Result<(), Error> {
    let ahead = new.seat_item.is_some() && seats > tx.organization().await?.seats.active;
    tx.set_seats_floor(if ahead { seats } else { 0 }).await?;
    tx.plan_seats_floor(None).await?;
    for (part, quantity) in new.lines.iter().filter_map(|line| Some((line.part?, line.quantity))) {
        let line = SeatLine { subscription: &new.id, part, from: new.period.from };
        if let Some(known) = tx.billed(line, quantity).await? {
            tx.note_billed(line, &Billed { raised: None, kept: None, ..known }).await?;
        }
    }
    Ok(())
}

/// Settles the change that is under way, as far as this snapshot says something about it.
pub(crate) async fn settle(s: &Services, tx: &mut TenantTx, new: &Subscription) -> Result<(), Error> {
    let Some(quote) = tx.quote_under_way().await? else { return Ok(()) };
    if quote.subscription != new.id {
        return Ok(());
    }
    let change = change_of(&quote)?;
    let (waits, asked_for) = match &quote.state {
        QuoteState::Waiting { invoice, .. } => (true, invoice.clone()),
        QuoteState::Confirmed { .. } | QuoteState::Offered | QuoteState::Closed { .. } => (false, None),
    };
    if new.waiting.is_none() && is_made(&change, new) {
        let invoice = match change.counts {
            Counts::AfterTrial => None,
            Counts::From(_) | Counts::Afresh(_) => asked_for.or_else(|| new.latest_invoice.clone()),
        };
        tx.close_quote(quote.id, QuoteOutcome::Applied, None, invoice.as_ref()).await?;
        bought_ahead(tx, new, quote.seats).await?;
        let after = json!({ "plan": quote.plan, "interval": quote.interval, "seats": quote.seats, "invoice": invoice });
        return door::audit(s, tx, "quote.applied", quote.id, None, Some(after)).await;
    }
    match &new.waiting {
        Some(waiting) if !waits => {
            tx.quote_waits(quote.id, waiting.invoice.as_ref(), None).await?;
        }
        None if waits || new.status.is_terminal() => {
            tx.close_quote(quote.id, QuoteOutcome::Expired, Some("expired"), None).await?;
            door::audit(s, tx, "quote.expired", quote.id, None, None).await?;
        }
        Some(_) | None => {}
    }
    Ok(())
}
