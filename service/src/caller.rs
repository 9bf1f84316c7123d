//! Who calls: somebody who is signed in.

use domain::ids::{SessionId, UserId};
use domain::{EmailAddress, Slug};
use store::Visit;

/// Somebody who is signed in. Made by [`crate::who()`] from a session's token, and by nothing else.
#[derive(Clone, Debug)]
pub struct Caller {
    /// Their account.
    pub user: UserId,
    /// Their address.
    pub email: EmailAddress,
    /// The session they came with.
    pub session: SessionId,
    /// From where.
    pub visit: Visit,
    /// The organization at whose own host they ask: the only one that opens to them there. `None`: at the public host.
    pub host: Option<Slug>,
}
