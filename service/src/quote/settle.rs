//! What a snapshot of the subscription means for the change that somebody has agreed to. Whoever brings the snapshot (the
//! answer to the change, a webhook, somebody who looks, the worker) settles it, in the transaction of the snapshot.

use domain::Subscription;
use domain::quote::Counts;
use payments::provider::Change;
use serde_json::json;
use store::{QuoteOutcome, QuoteRecord, QuoteState, TenantTx};

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
        let by_seat = new.seat_item.is_some();
        tx.set_seats_floor(if by_seat { quote.seats } else { 0 }).await?;
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
