//! Effects outside of the database: written in the transaction that wants them, performed afterwards by the worker.

use std::fmt;
use std::time::Duration;

use domain::EmailAddress;
use domain::ids::{OutboxId, UserId};
use serde::{Deserialize, Serialize};
use sqlx::{query, query_scalar};

use crate::{StoreError, TenantRead, TenantTx, parse};

statements! {
    /// A seat change that nobody has started covers this one too, and happens no later than it would have. It is still written to, which locks it: a worker
    /// that wants to start it at this moment waits for our commit and then sees our seats.
    ENQUEUE_SYNC = "
        insert into outbox (tenant_id, id, kind, wanted_at, ready_at)
        values ($1, $2, 'sync_seats', $3, $4)
        on conflict (tenant_id) where kind = 'sync_seats' and attempts = 0 and finished_at is null
            do update
            set wanted_at = excluded.wanted_at,
                ready_at = case when excluded.ready_at < outbox.ready_at then excluded.ready_at else outbox.ready_at end";

    ENQUEUE_MAIL = "
        insert into outbox (tenant_id, id, kind, payload, wanted_at, ready_at)
        values ($1, $2, 'mail', $3, $4, $5)";

    /// Details that nobody has started to send cover later ones too.
    ENQUEUE_DETAILS = "
        insert into outbox (tenant_id, id, kind, wanted_at, ready_at)
        values ($1, $2, 'billing_details', $3, $3)
        on conflict (tenant_id) where kind = 'billing_details' and attempts = 0 and finished_at is null
            do update set wanted_at = excluded.wanted_at";

    SYNC_PENDING = "
        select count(*)
        from outbox
        where tenant_id = $1 and kind = 'sync_seats' and finished_at is null";
}

/// A letter. Its text may carry a secret link, so it is not shown by `Debug`.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mail {
    /// To which address.
    pub to: String,
    /// About what.
    pub subject: String,
    /// As plain text.
    pub text: String,
    /// The same as HTML.
    pub html: String,
}

/// A letter about an account. What it says is decided when it is sent, so that asking for it takes the same work
/// whatever the address is. A token may be in it, so it is not shown by `Debug`.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "about", rename_all = "snake_case")]
pub enum AccountLetter {
    /// Somebody wants an account.
    SignUp {
        /// The token in its link.
        token: String,
    },
    /// The same again.
    SignUpAgain {
        /// With which address.
        email: EmailAddress,
    },
    /// Somebody has forgotten a password.
    Forgot {
        /// Of which address.
        email: EmailAddress,
    },
    /// Somebody wants this to be their address.
    NewAddress {
        /// The token in its link.
        token: String,
    },
    /// Somebody asks their company for a seat, wherever that is. The letters are to its owners.
    AskToJoin {
        /// Who.
        user: UserId,
        /// Why.
        note: Option<String>,
    },
}

/// Something to be done outside.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Effect {
    /// Bring the billed seats at the payment provider up to date, absolutely.
    SyncSeats,
    /// Bring what stands on invoices to the payment provider, absolutely.
    BillingDetails,
    /// Send a letter.
    Mail(Mail),
    /// Decide about a letter, and send it. Belongs to no organization.
    Account(AccountLetter),
}

impl fmt::Debug for AccountLetter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::SignUp { .. } => "SignUp(…)",
            Self::SignUpAgain { .. } => "SignUpAgain(…)",
            Self::Forgot { .. } => "Forgot(…)",
            Self::NewAddress { .. } => "NewAddress(…)",
            Self::AskToJoin { .. } => "AskToJoin(…)",
        })
    }
}

impl fmt::Debug for Mail {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Mail").field("to", &self.to).field("subject", &self.subject).finish_non_exhaustive()
    }
}

impl TenantRead {
    /// Whether a seat change has not reached the payment provider yet.
    pub async fn seat_change_pending(&mut self) -> Result<bool, StoreError> {
        let (conn, tenant) = self.parts();
        let waiting: i64 = on!(conn, |c| query_scalar(SYNC_PENDING).bind(tenant).fetch_one(c).await?);
        Ok(waiting > 0)
    }
}

impl TenantTx {
    /// Writes an effect that happens if, and only if, this transaction does. Seat changes that nobody has started
    /// become one; letters stay as many as they are.
    pub async fn enqueue(&mut self, id: OutboxId, effect: &Effect) -> Result<(), StoreError> {
        self.enqueue_after(id, effect, Duration::ZERO).await
    }

    /// The same, to happen after a while: seat changes of that while become one.
    pub async fn enqueue_after(&mut self, id: OutboxId, effect: &Effect, while_: Duration) -> Result<(), StoreError> {
        let (now, ready) = (self.now().micros(), self.now().plus(while_).micros());
        match effect {
            Effect::SyncSeats => {
                self.at_the_gate().await?;
                let (conn, tenant) = self.parts();
                on!(conn, |c| {
                    query(ENQUEUE_SYNC).bind(tenant).bind(id.to_string()).bind(now).bind(ready).execute(c).await?;
                });
            }
            Effect::BillingDetails => {
                let (conn, tenant) = self.parts();
                on!(conn, |c| {
                    query(ENQUEUE_DETAILS).bind(tenant).bind(id.to_string()).bind(now).execute(c).await?;
                });
            }
            Effect::Mail(mail) => {
                let (conn, tenant) = self.parts();
                let payload = parse::json("letter", mail)?;
                on!(conn, |c| {
                    query(ENQUEUE_MAIL)
                        .bind(tenant)
                        .bind(id.to_string())
                        .bind(payload)
                        .bind(now)
                        .bind(ready)
                        .execute(c)
                        .await?;
                });
            }
            Effect::Account(_) => {
                return Err(StoreError::inconsistent("effect", "a letter about an account in an organization"));
            }
        }
        Ok(())
    }
}
