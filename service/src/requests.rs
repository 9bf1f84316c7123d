//! The page of seat requests.

use domain::email::DomainRule;
use domain::view::{RequestsView, SeatRequestRow};
use domain::{Permission, Role, Subscription};
use store::{OrgRecord, Query, SeatRequestRecord, TenantRead};

use crate::request_seat::askable;
use crate::team::{grantable, per_seat};
use crate::{Caller, Error, Services, desk, door, policy};

/// Who asks for a seat and who waits for one; for who may not answer, their own.
///
/// # Errors
/// [`Error::NotFound`] for a stranger and for an organization that is not there.
pub async fn requests(s: &Services, caller: &Caller, slug: &str) -> Result<RequestsView, Error> {
    let scope = door::open(s, caller, slug).await?;
    let found = scope.read(Look { s }).await?;
    let may_answer = found.role.may(Permission::MemberInvite);
    let rows = found.requests.into_iter().map(|request| row(request, caller)).filter(|row| may_answer || row.is_mine);
    let (waiting, asked) = rows.partition(|row| row.approved_at.is_some());
    Ok(RequestsView {
        desk: desk::draw(s, caller, &found.org, found.role).await?,
        asked,
        waiting,
        may_answer,
        open: found.open,
        per_seat: per_seat(s, found.subscription.as_ref()).await?,
        same_domain: found.same_domain,
        grantable: if may_answer { grantable(found.role) } else { askable(found.role) },
    })
}

fn row(request: SeatRequestRecord, caller: &Caller) -> SeatRequestRow {
    let asker = request.asked_by.as_ref().map(|(user, _)| *user).or(request.user);
    SeatRequestRow {
        is_mine: asker == Some(caller.user),
        id: request.id,
        email: request.email,
        role: request.role,
        note: request.note,
        asked_by: request.asked_by.map(|(_, email)| email),
        created_at: request.created_at,
        approved_at: request.approved_at,
    }
}

struct Look<'a> {
    s: &'a Services,
}

struct Found {
    org: OrgRecord,
    role: Role,
    requests: Vec<SeatRequestRecord>,
    open: bool,
    same_domain: Option<Vec<DomainRule>>,
    subscription: Option<Subscription>,
}

impl Query for Look<'_> {
    const REQUIRES: Permission = Permission::OrganizationRead;
    type Output = Found;
    type Error = Error;

    async fn run(self, tx: &mut TenantRead) -> Result<Found, Error> {
        let org = tx.organization().await?;
        Ok(Found {
            role: tx.role(),
            requests: tx.seat_requests().await?,
            open: tx.takes_join_requests().await?,
            same_domain: policy::rules(self.s, tx, &org).await?,
            subscription: tx.subscription().await?,
            org,
        })
    }
}
