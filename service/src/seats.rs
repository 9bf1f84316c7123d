//! What follows when somebody joins or goes: the billed seats must become the active ones.

use domain::ids::OutboxId;
use store::{Effect, TenantTx};

use crate::{Error, Services, checkout};

/// Leaves a row in the outbox, in the transaction of the change, if seats are billed one by one. The worker computes
/// the quantity when it sends it, so rows may be merged and repeated; and it looks for the line of the subscription, so
/// one that was missing when the mirror was written is no reason to leave the row out.
pub(crate) async fn changed(s: &Services, tx: &mut TenantTx) -> Result<(), Error> {
    let bought = tx.subscription().await?;
    if bought.is_some_and(|bought| bought.status.is_live() && checkout::bills_seats(s.catalog(), &bought)) {
        tx.enqueue(s.id(OutboxId::new), &Effect::SyncSeats).await?;
    }
    Ok(())
}
