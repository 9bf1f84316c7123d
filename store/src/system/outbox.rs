//! The outbox from the worker's side: it performs the effects of all organizations, and those of none.

use std::time::Duration;

use domain::ids::{OrgId, OutboxId, SignUpId};
use domain::{EmailAddress, Timestamp};
use sqlx::{FromRow, query, query_as, query_scalar};

use super::reset::{self, NewReset};
use crate::engine::Tx;
use crate::outbox::{AccountLetter, Effect, Mail};
use crate::{StoreError, System, parse};

statements! {
    /// A letter about an account belongs to no organization.
    ENQUEUE_SYSTEM = "
        insert into outbox (id, kind, payload, wanted_at, ready_at)
        values ($1, 'mail', $2, $3, $3)";

    WISH = "
        insert into outbox (id, kind, payload, wanted_at, ready_at)
        values ($1, 'account', $2, $3, $3)";

    /// The latest sign-up with an address that still waits.
    WAITING_SIGN_UP = "
        select id, email, next, sent
        from sign_ups
        where email_folded = $1 and confirmed_at is null and expires_at > $2
        order by created_at desc, sent desc
        limit 1";

    /// With a link of its own; the one that was sent before goes on working.
    REPEAT_SIGN_UP = "
        insert into sign_ups (
            id, email, email_folded, password_hash, token_hash, browser_hash, next, sent, created_at, expires_at
        )
        select $2, email, email_folded, password_hash, $3, browser_hash, next, sent + 1, created_at, $4
        from sign_ups
        where id = $1 and confirmed_at is null";

    /// The outer `where` repeats the guard: PostgreSQL checks it again on the row that another worker has just taken.
    LEASE_EFFECT = "
        update outbox
        set attempts = attempts + 1, ready_at = $2
        where id = (
                select id
                from outbox
                where finished_at is null and ready_at <= $1
                order by ready_at, id
                limit 1
            )
          and finished_at is null and ready_at <= $1
        returning id, tenant_id, kind, payload, attempts, postponed";

    EFFECTS_READY = "
        select count(*)
        from outbox
        where finished_at is null and ready_at <= $1";

    /// A letter that was sent is forgotten but for the fact: it may carry a link that lets somebody in.
    DONE_EFFECT = "
        update outbox
        set finished_at = $3, outcome = 'done', payload = null
        where id = $1 and attempts = $2 and finished_at is null";

    DEAD_EFFECT = "
        update outbox
        set finished_at = $3, outcome = 'dead', last_error = $4
        where id = $1 and attempts = $2 and finished_at is null";

    RETRY_EFFECT = "
        update outbox
        set ready_at = $3, last_error = $4
        where id = $1 and attempts = $2 and finished_at is null";

    POSTPONE_EFFECT = "
        update outbox
        set ready_at = $3, last_error = $4, postponed = postponed + 1
        where id = $1 and attempts = $2 and finished_at is null";
}

/// An effect that a worker has taken, until its lease is over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LeasedEffect {
    /// The row's id: the idempotency key outside.
    pub id: OutboxId,
    /// Whose; `None` if it belongs to no organization.
    pub org: Option<OrgId>,
    /// What.
    pub effect: Effect,
    /// How often it has been taken, this time included. Finishing it needs this number.
    pub attempts: u32,
    /// How many of these were no failures: it was put off.
    pub postponed: u32,
}

/// How performing it ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EffectOutcome {
    /// It happened.
    Done,
    /// It did not work this time.
    Retry {
        /// When to try again.
        at: Timestamp,
        /// Why, for people. Never a secret.
        error: String,
    },
    /// It cannot happen now, and that is no failure: such a try does not count.
    Postpone {
        /// When to try again.
        at: Timestamp,
        /// What is waited for, for people. Never a secret.
        why: String,
    },
    /// It will never work by itself.
    Dead {
        /// Why, for people. Never a secret.
        error: String,
    },
}

/// What a letter about an account has come to, now that it is sent.
#[derive(Clone, Debug, Default)]
pub struct Decided {
    /// What is sent, if anything is.
    pub letter: Option<(OutboxId, Mail)>,
    /// The link in it that sets a new password.
    pub reset: Option<NewReset>,
    /// The link in it that proves an address once more.
    pub repeat: Option<RepeatSignUp>,
}

/// One more link for a sign-up.
#[derive(Clone, Debug)]
pub struct RepeatSignUp {
    /// Which.
    pub of: SignUpId,
    /// The id of the one that is like it.
    pub id: SignUpId,
    /// SHA-256 of the token in the letter.
    pub token_hash: [u8; 32],
    /// Until when.
    pub expires_at: Timestamp,
}

/// A sign-up that waits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WaitingSignUp {
    /// Which.
    pub id: SignUpId,
    /// With which address.
    pub email: EmailAddress,
    /// Where to go afterwards.
    pub next: Option<String>,
    /// How many letters it has had.
    pub sent: u32,
}

#[derive(FromRow)]
struct Row {
    id: String,
    tenant_id: Option<String>,
    kind: String,
    payload: Option<String>,
    attempts: i64,
    postponed: i64,
}

impl Row {
    fn effect(self) -> Result<LeasedEffect, StoreError> {
        let effect = match (self.kind.as_str(), self.payload) {
            ("sync_seats", None) => Effect::SyncSeats,
            ("billing_details", None) => Effect::BillingDetails,
            ("mail", Some(payload)) => {
                let mail: Mail = serde_json::from_str(&payload).map_err(|error| parse::not_json("letter", &error))?;
                Effect::Mail(mail)
            }
            ("account", Some(payload)) => {
                let wish: AccountLetter =
                    serde_json::from_str(&payload).map_err(|error| parse::not_json("letter", &error))?;
                Effect::Account(wish)
            }
            (kind, _) => return Err(StoreError::inconsistent("effect", format!("{} is of the kind {kind}", self.id))),
        };
        Ok(LeasedEffect {
            id: parse::text("outbox id", &self.id)?,
            org: parse::maybe("organization id", self.tenant_id.as_deref())?,
            effect,
            attempts: parse::count("attempts", self.attempts)?,
            postponed: parse::count("postponed", self.postponed)?,
        })
    }
}

impl System<'_> {
    /// Writes a letter that belongs to no organization. A seat change always belongs to one, and is
    /// [`StoreError::Inconsistent`] here.
    pub async fn enqueue_system(self, id: OutboxId, effect: &Effect, now: Timestamp) -> Result<(), StoreError> {
        let Effect::Mail(mail) = effect else {
            return Err(StoreError::inconsistent("effect", "a seat change without an organization"));
        };
        let payload = parse::json("letter", mail)?;
        on!(self.store.db.writer(), |c| {
            query(ENQUEUE_SYSTEM).bind(id.to_string()).bind(payload).bind(now.micros()).execute(c).await?;
        });
        Ok(())
    }

    /// Takes the effect that has waited longest, for `lease`; `None` if none is ready. No two workers have the same
    /// one at the same time, unless the first has overrun its lease.
    pub async fn lease_effect(self, now: Timestamp, lease: Duration) -> Result<Option<LeasedEffect>, StoreError> {
        loop {
            let row: Option<Row> = on!(self.store.db.writer(), |c| {
                query_as(LEASE_EFFECT).bind(now.micros()).bind(now.plus(lease).micros()).fetch_optional(c).await?
            });
            if let Some(row) = row {
                return row.effect().map(Some);
            }
            // Another worker may have been faster with that one row; then there may be others.
            let ready: i64 =
                on!(self.store.db.reader(), |c| query_scalar(EFFECTS_READY).bind(now.micros()).fetch_one(c).await?);
            if ready == 0 {
                return Ok(None);
            }
        }
    }

    /// Ends the work on an effect, if it is still this worker's: `false` if its lease ran out and another one has
    /// taken it since. `attempts` is the number from [`LeasedEffect`].
    pub async fn finish_effect(
        self,
        id: OutboxId,
        attempts: u32,
        outcome: EffectOutcome,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let (id, attempts) = (id.to_string(), i64::from(attempts));
        let again = if matches!(outcome, EffectOutcome::Postpone { .. }) { POSTPONE_EFFECT } else { RETRY_EFFECT };
        let ended = match outcome {
            EffectOutcome::Done => on!(self.store.db.writer(), |c| {
                query(DONE_EFFECT).bind(id).bind(attempts).bind(now.micros()).execute(c).await?.rows_affected()
            }),
            EffectOutcome::Retry { at, error: said } | EffectOutcome::Postpone { at, why: said } => {
                let said = parse::sayable(said);
                on!(self.store.db.writer(), |c| {
                    query(again).bind(id).bind(attempts).bind(at.micros()).bind(said).execute(c).await?.rows_affected()
                })
            }
            EffectOutcome::Dead { error } => {
                let error = parse::sayable(error);
                on!(self.store.db.writer(), |c| {
                    query(DEAD_EFFECT)
                        .bind(id)
                        .bind(attempts)
                        .bind(now.micros())
                        .bind(error)
                        .execute(c)
                        .await?
                        .rows_affected()
                })
            }
        };
        Ok(ended == 1)
    }

    /// Writes the wish for a letter about an account, which is decided when it is sent.
    pub async fn wish_account_letter(
        self,
        id: OutboxId,
        wish_: &AccountLetter,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let mut tx = self.store.db.begin(None).await?;
        wish(&mut tx, id, wish_, now).await?;
        tx.commit().await
    }

    /// The latest sign-up with an address that still waits.
    pub async fn waiting_sign_up(
        self,
        email: &EmailAddress,
        now: Timestamp,
    ) -> Result<Option<WaitingSignUp>, StoreError> {
        let row: Option<(String, String, Option<String>, i64)> = on!(self.store.db.reader(), |c| {
            query_as(WAITING_SIGN_UP).bind(email.folded()).bind(now.micros()).fetch_optional(c).await?
        });
        row.map(|(id, email, next, sent)| {
            Ok(WaitingSignUp {
                id: parse::text("sign-up id", &id)?,
                email: parse::text("address", &email)?,
                next,
                sent: parse::count("letters", sent)?,
            })
        })
        .transpose()
    }

    /// Ends a wish for a letter with what it has come to: the letter goes into the outbox with what its link needs, in
    /// one transaction. `false`, and nothing done, if the wish is another worker's by now.
    pub async fn decide_account_letter(
        self,
        id: OutboxId,
        attempts: u32,
        decided: &Decided,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let mut tx = self.store.db.begin(None).await?;
        let ended = on!(tx.conn(), |c| {
            query(DONE_EFFECT)
                .bind(id.to_string())
                .bind(i64::from(attempts))
                .bind(now.micros())
                .execute(c)
                .await?
                .rows_affected()
        });
        if ended != 1 {
            tx.rollback().await?;
            return Ok(false);
        }
        if let Some(new) = &decided.reset {
            reset::add(&mut tx, new, now).await?;
        }
        if let Some(new) = &decided.repeat {
            on!(tx.conn(), |c| {
                query(REPEAT_SIGN_UP)
                    .bind(new.of.to_string())
                    .bind(new.id.to_string())
                    .bind(new.token_hash.as_slice())
                    .bind(new.expires_at.micros())
                    .execute(c)
                    .await
                    .map(drop)
            })?;
        }
        if let Some((id, mail)) = &decided.letter {
            letter(&mut tx, *id, mail, now).await?;
        }
        tx.commit().await?;
        Ok(true)
    }
}

/// Writes the wish for a letter about an account, in the transaction of what it is about.
pub(super) async fn wish(tx: &mut Tx, id: OutboxId, wish: &AccountLetter, now: Timestamp) -> Result<(), StoreError> {
    let payload = parse::json("letter", wish)?;
    on!(tx.conn(), |c| {
        query(WISH).bind(id.to_string()).bind(payload).bind(now.micros()).execute(c).await.map(drop)
    })?;
    Ok(())
}

/// Writes a letter that belongs to no organization, in the transaction of what it tells about.
pub(super) async fn letter(tx: &mut Tx, id: OutboxId, mail: &Mail, now: Timestamp) -> Result<(), StoreError> {
    let payload = parse::json("letter", mail)?;
    on!(tx.conn(), |c| {
        query(ENQUEUE_SYSTEM).bind(id.to_string()).bind(payload).bind(now.micros()).execute(c).await.map(drop)
    })?;
    Ok(())
}
