//! What an invitation's link shows.

use domain::view::{InvitationView, Visitor};
use store::{InvitationState, InvitationStatus, StoreError, TenantScope, Visit};

use crate::{Caller, Error, Services, refusal, token};

/// What somebody who opens an invitation's link is shown, and whether they may answer it.
///
/// # Errors
/// [`Error::NotFound`] for an unknown token, [`Error::Refused`] with `invitation-used`, `invitation-expired` or
/// `invitation-cancelled`.
pub async fn invitation(s: &Services, caller: Option<&Caller>, token: &str) -> Result<InvitationView, Error> {
    let visit = caller.map(|caller| caller.visit.clone()).unwrap_or_default();
    let waiting = open(s, token, visit).await?;
    let unproved = waiting.unproved(s);
    let Waiting { state, .. } = waiting;
    let record = state.record;
    let visitor = match caller {
        Some(caller) if caller.email == record.email => Visitor::Invited,
        Some(caller) => Visitor::Other(caller.email.clone()),
        None if s.store().system().user_by_email(&record.email).await?.is_some() => Visitor::HasAccount,
        None if unproved => Visitor::Unproved,
        None => Visitor::New,
    };
    Ok(InvitationView {
        organization: state.organization,
        slug: state.slug,
        invited_by: record.invited_by,
        email: record.email,
        role: record.role,
        expires_at: record.expires_at,
        visitor,
    })
}

/// An invitation that still waits, and its organization, opened.
pub(crate) struct Waiting {
    pub(crate) scope: TenantScope,
    pub(crate) state: InvitationState,
    /// The link is the one in the letter, so the address is its reader's.
    pub(crate) by_letter: bool,
}

impl Waiting {
    /// Whether whoever has this link has yet to show that the address is theirs: it was handed over, and where letters
    /// are sent a letter can show it. Where none are, handing over is the only way.
    pub(crate) fn unproved(&self, s: &Services) -> bool {
        !self.by_letter && s.settings().mail_is_sent
    }
}

/// Opens the organization through an invitation that still waits.
pub(crate) async fn open(s: &Services, token: &str, visit: Visit) -> Result<Waiting, Error> {
    let hash = token::hash(token).ok_or(Error::NotFound)?;
    let system = s.store().system();
    let (by_letter, opened) = match system.open_by_invitation(token::of(&token::handed(token)), visit.clone()).await {
        Err(StoreError::NotFound) => (false, system.open_by_invitation(hash, visit).await),
        opened => (true, opened),
    };
    let (scope, state) = opened?;
    match state.status {
        InvitationStatus::Accepted => Err(Error::Refused(refusal::invitation_used())),
        InvitationStatus::Cancelled => Err(Error::Refused(refusal::invitation_cancelled())),
        InvitationStatus::Expired => Err(Error::Refused(refusal::invitation_expired())),
        // The worker that marks expired ones may not have come by yet.
        InvitationStatus::Pending if state.record.expires_at <= s.now() => {
            Err(Error::Refused(refusal::invitation_expired()))
        }
        InvitationStatus::Pending => Ok(Waiting { scope, state, by_letter }),
    }
}
