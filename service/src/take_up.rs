//! Giving an approved request its seat.

use domain::EmailAddress;
use domain::ids::MemberId;
use serde_json::json;
use store::{AddInvitation, Join, NewMember, OrgRecord, SeatRequestRecord, TenantTx};

use crate::accept::joined;
use crate::cancel_invitation::make_room;
use crate::invite::{announce, fresh};
use crate::mail::SeatLetter;
use crate::tell::tell;
use crate::{Error, Services};

/// How it ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TakenUp {
    /// The request has its seat, or needs none any more.
    Seated,
    /// No seat was free; it stays on the wait list.
    Full,
}

/// Gives an approved request a seat, if one is free. A newcomer, who has asked for themselves and whose address is
/// proved, is a member at once. A colleague who was asked for gets an invitation, whether they have an account or not:
/// nobody becomes a member of something they have not asked for, and who asks learns nothing about accounts.
pub(crate) async fn take_up(
    s: &Services,
    tx: &mut TenantTx,
    org: &OrgRecord,
    request: &SeatRequestRecord,
    by: &EmailAddress,
) -> Result<TakenUp, Error> {
    let taken = match request.user {
        Some(user) => {
            let new = NewMember { id: s.id(MemberId::new), user, role: request.role };
            join(s, tx, org, request, &new).await?
        }
        None => invite(s, tx, org, request, by).await?,
    };
    if taken == TakenUp::Seated {
        tx.request_seated(request.id).await?;
    }
    Ok(taken)
}

async fn join(
    s: &Services,
    tx: &mut TenantTx,
    org: &OrgRecord,
    request: &SeatRequestRecord,
    new: &NewMember,
) -> Result<TakenUp, Error> {
    match tx.join_without_invitation(new).await? {
        Join::Joined => {}
        Join::SeatsFull(_) => return Ok(TakenUp::Full),
        Join::AlreadyMember => return Ok(TakenUp::Seated),
    }
    tell(s, tx, org, &request.email, &SeatLetter::Welcome { role: new.role }).await?;
    joined(s, tx, new.id, json!({ "email": request.email, "role": new.role, "request": request.id })).await?;
    Ok(TakenUp::Seated)
}

async fn invite(
    s: &Services,
    tx: &mut TenantTx,
    org: &OrgRecord,
    request: &SeatRequestRecord,
    by: &EmailAddress,
) -> Result<TakenUp, Error> {
    make_room(s, tx).await?;
    let (new, link) = fresh(s, tx, request.email.clone(), request.role);
    match tx.add_invitation(&new).await? {
        AddInvitation::Added => {}
        AddInvitation::SeatsFull(_) => return Ok(TakenUp::Full),
        AddInvitation::AlreadyMember | AddInvitation::AlreadyInvited => return Ok(TakenUp::Seated),
    }
    announce(s, tx, org, by, &new, &link).await?;
    if let Some((_, asker)) = &request.asked_by {
        tell(s, tx, org, asker, &SeatLetter::ColleagueInvited { who: &request.email }).await?;
    }
    Ok(TakenUp::Seated)
}
