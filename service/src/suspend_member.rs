//! Letting a seat rest.

use domain::access::Deed;
use domain::ids::MemberId;
use domain::{Permission, Timestamp};
use serde_json::json;
use store::{Command, Suspend, SuspendMember, TenantTx};

use crate::mail::SeatLetter;
use crate::tell::tell;
use crate::words::words;
use crate::{Caller, Error, Services, door, refusal, seats};

/// Lets a member's seat rest: they keep their place and what is theirs, have no access from their next request on, and
/// hold no seat, so that somebody else may have it.
///
/// `until` is the last day of the rest, as `2027-11-22`; afterwards the worker lets them come back by themselves, if a
/// seat is free then. Without it, somebody has to.
///
/// # Errors
/// [`Error::NotFound`] if there is no such member here, [`Error::Forbidden`], [`Error::Invalid`] with `until` or
/// `reason`, [`Error::Refused`] with `role-above`, `suspend-self`, `suspended-already` or `last-owner`.
pub async fn suspend_member(
    s: &Services,
    caller: &Caller,
    slug: &str,
    id: MemberId,
    reason: Option<String>,
    until: Option<String>,
) -> Result<(), Error> {
    let scope = door::open(s, caller, slug).await?;
    scope.may(Permission::MemberRemove)?;
    let now = s.now();
    let how = Suspend { reason: words("reason", reason)?, until: day(until, now)?, by_plan: false };
    scope.execute(Rest { s, caller, id, how: &how }, now).await?;
    s.wake();
    Ok(())
}

/// The end of the day that was chosen, if one was.
fn day(written: Option<String>, now: Timestamp) -> Result<Option<Timestamp>, Error> {
    let Some(written) = written.filter(|written| !written.trim().is_empty()) else { return Ok(None) };
    let end = Timestamp::end_of_day(written.trim()).ok_or_else(|| Error::invalid("until", refusal::no_such_day()))?;
    if end <= now { Err(Error::invalid("until", refusal::day_past())) } else { Ok(Some(end)) }
}

struct Rest<'a> {
    s: &'a Services,
    caller: &'a Caller,
    id: MemberId,
    how: &'a Suspend,
}

impl Command for Rest<'_> {
    const REQUIRES: Permission = Permission::MemberRemove;
    const DEED: Deed = Deed::Settle;
    type Output = ();
    type Error = Error;

    async fn run(self, tx: &mut TenantTx) -> Result<(), Error> {
        let Self { s, caller, id, how } = self;
        let member = tx.member(id).await?.ok_or(Error::NotFound)?;
        if !tx.role().may_grant(member.role) {
            return Err(Error::Refused(refusal::role_above()));
        }
        if member.user == caller.user {
            return Err(Error::Refused(refusal::suspend_self()));
        }
        match tx.suspend_member(id, how).await? {
            SuspendMember::Suspended { role } if tx.role().may_grant(role) => {}
            // They have become more in this moment.
            SuspendMember::Suspended { .. } => return Err(Error::Refused(refusal::role_above())),
            SuspendMember::AlreadySuspended => return Err(Error::Refused(refusal::suspended_already(&member.email))),
            SuspendMember::NotThere => return Err(Error::NotFound),
            SuspendMember::LastOwner => return Err(Error::Refused(refusal::last_owner())),
        }
        seats::changed(s, tx).await?;
        let org = tx.organization().await?;
        let Suspend { reason, until, .. } = how;
        let letter = SeatLetter::Suspended { by: &caller.email, until: *until, reason: reason.as_deref() };
        tell(s, tx, &org, &member.email, &letter).await?;
        let before = json!({ "email": member.email, "role": member.role });
        let after = json!({ "until": until.map(Timestamp::rfc3339), "reason": reason });
        door::audit(s, tx, "member.suspended", id, Some(before), Some(after)).await
    }
}
