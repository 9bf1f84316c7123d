//! The list of all invitations.

use domain::view::{InvitationLine, InvitationStanding, InvitationsView};
use domain::{Permission, Role};
use store::{InvitationLineRecord, OrgRecord, Query, TenantRead};

use crate::pages::{Place, ROWS};
use crate::team::{grantable, invitation_row};
use crate::{Caller, Error, Services, desk, door};

/// One page of all invitations there ever were, the newest first, for who may invite. No link is in it: links are shown
/// when they are made, and only their hashes are kept.
///
/// # Errors
/// [`Error::NotFound`], [`Error::Forbidden`].
pub async fn invitations(s: &Services, caller: &Caller, slug: &str, page: u32) -> Result<InvitationsView, Error> {
    let scope = door::open(s, caller, slug).await?;
    let place = Place::new(page);
    let (org, role, lines, found) = scope.read(Look { place }).await?;
    let now = s.now();
    Ok(InvitationsView {
        desk: desk::draw(s, caller, &org, role).await?,
        lines: lines
            .into_iter()
            .map(|InvitationLineRecord { record, standing }| InvitationLine {
                // The worker that frees the seats of those whose time is over may not have come by yet.
                standing: match standing {
                    InvitationStanding::Pending if record.expires_at <= now => {
                        InvitationStanding::Expired { at: record.expires_at }
                    }
                    standing => standing,
                },
                invited_by: record.invited_by.clone(),
                row: invitation_row(record),
            })
            .collect(),
        found,
        page: place.page,
        pages: Place::pages(found),
        grantable: grantable(role),
        mail_is_sent: s.settings().mail_is_sent,
    })
}

struct Look {
    place: Place,
}

impl Query for Look {
    const REQUIRES: Permission = Permission::MemberInvite;
    type Output = (OrgRecord, Role, Vec<InvitationLineRecord>, u32);
    type Error = Error;

    async fn run(self, tx: &mut TenantRead) -> Result<Self::Output, Error> {
        let (lines, found) = tx.invitations_page(self.place.offset(), ROWS).await?;
        Ok((tx.organization().await?, tx.role(), lines, found))
    }
}
