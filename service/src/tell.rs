//! Letters about seats, left in the outbox in the transaction of what they tell.

use domain::EmailAddress;
use domain::ids::OutboxId;
use store::{Effect, OrgRecord, TenantTx};

use crate::mail::{SeatLetter, Sender, seat};
use crate::{Error, Services};

/// Tells one person.
pub(crate) async fn tell(
    s: &Services,
    tx: &mut TenantTx,
    org: &OrgRecord,
    to: &EmailAddress,
    letter: &SeatLetter<'_>,
) -> Result<(), Error> {
    let public = &s.settings().public_url;
    let path = s.settings().home(&org.slug, &format!("/app/{}", org.slug));
    let home = if s.settings().tenant_hosts { path } else { format!("{public}{path}") };
    let from = Sender { name: &org.name, home: &home, companies: &format!("{public}/app") };
    tx.enqueue(s.id(OutboxId::new), &Effect::Mail(seat(to, &from, letter))).await?;
    Ok(())
}

/// Tells all owners.
pub(crate) async fn tell_owners(
    s: &Services,
    tx: &mut TenantTx,
    org: &OrgRecord,
    letter: &SeatLetter<'_>,
) -> Result<(), Error> {
    for owner in tx.owners().await? {
        tell(s, tx, org, &owner.email, letter).await?;
    }
    Ok(())
}
