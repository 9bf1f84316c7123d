//! Names of things: a `UUIDv7` inside, a prefix that says the kind outside (`org_…`).
//!
//! There is no `Default` and no `Deref`: an id is made once, from a time and from chance that the caller brings,
//! and is afterwards only compared, stored and shown.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use uuid::Uuid;

use crate::Timestamp;

/// A text that is not an id of the expected kind.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not an id of the kind `{kind}_…`")]
pub struct IdError {
    /// The prefix that was expected.
    pub kind: &'static str,
}

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident = $prefix:literal;)+) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(Uuid);

        impl $name {
            /// The prefix of this kind, without the underscore.
            pub const PREFIX: &'static str = $prefix;

            /// A new id. Ids made later sort later (to the millisecond).
            #[must_use]
            pub fn new(now: Timestamp, chance: [u8; 10]) -> Self {
                let millis = u64::try_from(now.micros() / 1_000).unwrap_or(0);
                Self(uuid::Builder::from_unix_timestamp_millis(millis, &chance).into_uuid())
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}_{}", $prefix, self.0.simple())
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(self, f)
            }
        }

        impl FromStr for $name {
            type Err = IdError;
            fn from_str(text: &str) -> Result<Self, IdError> {
                let wrong = IdError { kind: $prefix };
                let bare = text.strip_prefix($prefix).and_then(|t| t.strip_prefix('_')).ok_or(wrong.clone())?;
                // Only the form that `Display` writes: one id has one text.
                if bare.len() != 32 || bare.bytes().any(|b| b.is_ascii_uppercase()) {
                    return Err(wrong);
                }
                Uuid::try_parse(bare).map(Self).map_err(|_| wrong)
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
                s.collect_str(self)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
                String::deserialize(d)?.parse().map_err(serde::de::Error::custom)
            }
        }
    )+};
}

ids! {
    /// Something that happened to an account.
    AccountEventId = "acc";
    /// One wish to change an address.
    AddressChangeId = "adr";
    /// One line of the audit log.
    AuditId = "aud";
    /// One address that gets invoices.
    BillingContactId = "bco";
    /// One wish to end a plan.
    CancellationId = "can";
    /// One e-mail domain of one company.
    DomainId = "dom";
    /// One invitation to a seat.
    InvitationId = "inv";
    /// One letter.
    MailId = "mail";
    /// One person's place in one organization.
    MemberId = "mem";
    /// One company: the tenant.
    OrgId = "org";
    /// One effect that waits to be performed outside.
    OutboxId = "out";
    /// One wish to set a new password.
    PasswordResetId = "pwr";
    /// One quote for a change of what is bought.
    QuoteId = "quo";
    /// One move of a seat.
    SeatEventId = "sev";
    /// Somebody asks for a seat.
    SeatRequestId = "req";
    /// One signed-in browser.
    SessionId = "ses";
    /// Somebody wants an account.
    SignUpId = "sup";
    /// One person's account.
    UserId = "usr";
}

impl SeatEventId {
    /// The id after `last`, of the same organization: made of the time alone, because the moves of one organization's
    /// seats stand in one row, one after the other. It sorts after `last` even if the clock went back.
    #[must_use]
    pub fn after(last: Option<Self>, now: Timestamp) -> Self {
        let fresh = Self::new(now, [0; 10]);
        last.map_or(fresh, |last| fresh.max(Self(Uuid::from_u128(last.0.as_u128().wrapping_add(1)))))
    }
}
