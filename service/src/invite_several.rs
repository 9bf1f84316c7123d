//! Inviting several people at once.

use std::collections::HashMap;

use domain::access::Deed;
use domain::view::{BatchOutcome, BatchReport, BatchRow};
use domain::{EmailAddress, Permission, Refusal};
use store::{AddInvitation, Command, NewInvitation, TenantTx};

use crate::cancel_invitation::make_room;
use crate::invite::{Link, announce, check, fresh};
use crate::people_file::Line;
use crate::{Caller, Error, Invite, Services, door, policy, refusal};

/// The most rows of one batch.
const MOST: usize = 500;

/// Invites several people. Each row has its own outcome, in its order: one that is wrong stops no other, and nothing
/// of it is lost. Rows without an address are left out; no role means member.
///
/// All are written in one transaction, so the cap holds for the batch as a whole: the first rows get the free seats,
/// and the others are told that there are no more. The same batch may be sent twice: who is invited already, with the
/// same role, stays so, and gets no second letter.
///
/// # Errors
/// [`Error::NotFound`], [`Error::Forbidden`], [`Error::Invalid`] with `people` when there is no row or more than 500,
/// [`Error::Refused`] with `payment-due`.
pub async fn invite_several(
    s: &Services,
    caller: &Caller,
    slug: &str,
    rows: Vec<Invite>,
) -> Result<BatchReport, Error> {
    let lines = (1..)
        .zip(rows)
        .filter(|(_, row)| !row.email.trim().is_empty())
        .map(|(number, Invite { email, role })| {
            let role = if role.trim().is_empty() { "member".to_owned() } else { role };
            Line { number, invite: Invite { email, role } }
        })
        .collect();
    several(s, caller, slug, lines).await
}

pub(crate) async fn several(s: &Services, caller: &Caller, slug: &str, lines: Vec<Line>) -> Result<BatchReport, Error> {
    let scope = door::open(s, caller, slug).await?;
    scope.may(Permission::MemberInvite)?;
    match lines.len() {
        0 => return Err(Error::invalid("people", refusal::batch_empty())),
        1..=MOST => {}
        rows => return Err(Error::invalid("people", refusal::batch_long(rows, MOST))),
    }
    let report = scope.execute(AddAll { s, caller, lines }, s.now()).await?;
    s.wake();
    Ok(report)
}

struct AddAll<'a> {
    s: &'a Services,
    caller: &'a Caller,
    lines: Vec<Line>,
}

impl Command for AddAll<'_> {
    const REQUIRES: Permission = Permission::MemberInvite;
    const DEED: Deed = Deed::Grow;
    type Output = BatchReport;
    type Error = Error;

    async fn run(self, tx: &mut TenantTx) -> Result<BatchReport, Error> {
        let Self { s, caller, lines } = self;
        let org = tx.organization().await?;
        let rules = policy::rules(s, tx, &org).await?;
        let twice = twice(&lines);
        let mut rows = Vec::with_capacity(lines.len());
        // The rows that nothing speaks against but the seats: where they stand, and what is to be written.
        let mut wanted: Vec<(usize, NewInvitation, Link)> = Vec::new();
        for Line { number, invite } in &lines {
            let outcome = match check(tx.role(), rules.as_deref(), invite) {
                Err(no) => BatchOutcome::Refused(reason(no)?),
                Ok((email, role)) => match twice.get(email.folded()) {
                    Some(numbers) if numbers.len() > 1 => BatchOutcome::Refused(refusal::batch_twice(&email, numbers)),
                    _ => {
                        let (new, link) = fresh(s, tx, email, role);
                        wanted.push((rows.len(), new, link));
                        BatchOutcome::Invited
                    }
                },
            };
            rows.push(BatchRow { line: *number, email: invite.email.clone(), outcome });
        }
        let all: Vec<NewInvitation> = wanted.iter().map(|(_, new, _)| new.clone()).collect();
        make_room(s, tx).await?;
        let added = tx.add_invitations(&all).await?;
        let before = if added.contains(&AddInvitation::AlreadyInvited) { tx.invitations().await? } else { Vec::new() };
        for ((row, new, link), added) in wanted.iter().zip(added) {
            rows[*row].outcome = match added {
                AddInvitation::Added => {
                    announce(s, tx, &org, &caller.email, new, link).await?;
                    continue;
                }
                AddInvitation::SeatsFull(full) => BatchOutcome::Refused(full.into()),
                AddInvitation::AlreadyMember => BatchOutcome::Refused(refusal::already_member(&new.email)),
                AddInvitation::AlreadyInvited => match before.iter().find(|waiting| waiting.email == new.email) {
                    Some(waiting) if waiting.role != new.role => {
                        BatchOutcome::Refused(refusal::invited_as(&new.email, waiting.role))
                    }
                    _ => BatchOutcome::AlreadyInvited,
                },
            };
        }
        Ok(BatchReport { rows })
    }
}

/// Where each address stands.
fn twice(lines: &[Line]) -> HashMap<String, Vec<u32>> {
    let mut all: HashMap<String, Vec<u32>> = HashMap::new();
    for Line { number, invite } in lines {
        if let Ok(email) = invite.email.parse::<EmailAddress>() {
            all.entry(email.folded().to_owned()).or_default().push(*number);
        }
    }
    all
}

/// What is wrong with a row; anything else is wrong with the whole.
fn reason(no: Error) -> Result<Refusal, Error> {
    match no {
        Error::Refused(why) | Error::Invalid { problem: why, .. } => Ok(why),
        other => Err(other),
    }
}
