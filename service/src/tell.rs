//! Letters about seats, left in the outbox in the transaction of what they tell.

use domain::EmailAddress;
use domain::ids::OutboxId;
use store::{Effect, OrgRecord, TenantTx};

use crate::mail::{CourseLetter, SeatLetter, Sender, course, seat};
use crate::{Error, Services};

/// Where the organization lives: the whole address.
pub(crate) fn home(s: &Services, org: &OrgRecord) -> String {
    let path = s.settings().home(&org.slug, &format!("/app/{}", org.slug));
    if s.settings().tenant_hosts { path } else { format!("{}{path}", s.settings().public_url) }
}

/// Tells one person.
pub(crate) async fn tell(
    s: &Services,
    tx: &mut TenantTx,
    org: &OrgRecord,
    to: &EmailAddress,
    letter: &SeatLetter<'_>,
) -> Result<(), Error> {
    let (home, public) = (home(s, org), &s.settings().public_url);
    let from = Sender { name: &org.name, home: &home, companies: &format!("{public}/app") };
    tx.enqueue(s.id(OutboxId::new), &Effect::Mail(seat(to, &from, letter))).await?;
    Ok(())
}

/// Tells all owners how their plan goes on.
pub(crate) async fn tell_owners_of_course(
    s: &Services,
    tx: &mut TenantTx,
    plan: &str,
    letter: &CourseLetter<'_>,
) -> Result<(), Error> {
    let org = tx.organization().await?;
    let (home, companies) = (home(s, &org), format!("{}/app", s.settings().public_url));
    for owner in tx.owners().await? {
        let from = Sender { name: &org.name, home: &home, companies: &companies };
        let mail = course(&owner.email, &from, plan, letter);
        tx.enqueue(s.id(OutboxId::new), &Effect::Mail(mail)).await?;
    }
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
