//! Whether a person's seats go along with a new address.

use domain::email::admits;
use domain::ids::UserId;
use domain::{EmailAddress, Permission, Refusal};
use store::{Query, TenantRead};

use crate::{Error, Services, policy, refusal};

/// Why not, naming the companies that would not let the new address in: who sits there by the rule of the same domain
/// does not get around it by changing the address afterwards. A seat that rests counts too, for it may come back.
pub(crate) async fn stays(s: &Services, user: UserId, new: &EmailAddress) -> Result<Option<Refusal>, Error> {
    let mut no = Vec::new();
    for seat in s.store().system().seats_of(user).await? {
        let scope = s.store().system().act_for(seat.org, "change of an address").await?;
        if !scope.read(Admits { s, new }).await? {
            no.push(seat.name);
        }
    }
    Ok((!no.is_empty()).then(|| refusal::seats_stay(new, &no)))
}

struct Admits<'a> {
    s: &'a Services,
    new: &'a EmailAddress,
}

impl Query for Admits<'_> {
    const REQUIRES: Permission = Permission::OrganizationRead;
    type Output = bool;
    type Error = Error;

    async fn run(self, tx: &mut TenantRead) -> Result<bool, Error> {
        let org = tx.organization().await?;
        let rules = policy::rules(self.s, tx, &org).await?;
        Ok(rules.is_none_or(|rules| admits(self.new, &rules).is_ok()))
    }
}
