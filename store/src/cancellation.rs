//! Ends of a plan that owners have asked for, and what they said about it.

use domain::Timestamp;
use domain::course::Reason;
use domain::ids::{CancellationId, MemberId};
use domain::subscription::ProviderSubscriptionId;
use sqlx::{FromRow, query, query_as};

use crate::{StoreError, TenantRead, TenantTx, parse};

statements! {
    ADD_CANCELLATION = "
        insert into cancellations (tenant_id, id, subscription, asked_by, asked_at, reason, comment)
        values ($1, $2, $3, $4, $5, $6, $7)";

    LAST_CANCELLATION = "
        select id, subscription, asked_by, asked_at, reason, comment, undone_at
        from cancellations
        where tenant_id = $1 and subscription = $2
        order by asked_at desc, id desc
        limit 1";

    UNDO_CANCELLATIONS = "
        update cancellations
        set undone_at = $3
        where tenant_id = $1 and subscription = $2 and undone_at is null";
}

/// An end that was asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CancellationRecord {
    /// Which, and the key at the provider.
    pub id: CancellationId,
    /// Of which subscription.
    pub subscription: ProviderSubscriptionId,
    /// By whom.
    pub asked_by: MemberId,
    /// When.
    pub asked_at: Timestamp,
    /// Why, if they said so.
    pub reason: Option<Reason>,
    /// In their words, if they wrote some.
    pub comment: Option<String>,
    /// When it was taken back.
    pub undone_at: Option<Timestamp>,
}

/// An end to be asked for.
#[derive(Clone, Debug)]
pub struct NewCancellation {
    /// Its id.
    pub id: CancellationId,
    /// Of which subscription.
    pub subscription: ProviderSubscriptionId,
    /// By whom.
    pub asked_by: MemberId,
    /// Why, if they say so.
    pub reason: Option<Reason>,
    /// In their words, if they write some.
    pub comment: Option<String>,
}

#[derive(FromRow)]
struct Row {
    id: String,
    subscription: String,
    asked_by: String,
    asked_at: i64,
    reason: Option<String>,
    comment: Option<String>,
    undone_at: Option<i64>,
}

impl TenantRead {
    /// The last time that somebody has asked for the end of this subscription.
    pub async fn last_cancellation(
        &mut self,
        of: &ProviderSubscriptionId,
    ) -> Result<Option<CancellationRecord>, StoreError> {
        let (conn, tenant) = self.parts();
        let row: Option<Row> =
            on!(conn, |c| query_as(LAST_CANCELLATION).bind(tenant).bind(of.as_str()).fetch_optional(c).await?);
        row.map(|row| {
            Ok(CancellationRecord {
                id: parse::text("cancellation id", &row.id)?,
                subscription: ProviderSubscriptionId(row.subscription),
                asked_by: parse::text("member id", &row.asked_by)?,
                asked_at: Timestamp::from_micros(row.asked_at),
                reason: parse::maybe("reason", row.reason.as_deref())?,
                comment: row.comment,
                undone_at: row.undone_at.map(Timestamp::from_micros),
            })
        })
        .transpose()
    }
}

impl TenantTx {
    /// Writes down that somebody wants the plan to end, before the provider is asked.
    pub async fn add_cancellation(&mut self, new: &NewCancellation) -> Result<(), StoreError> {
        self.at_the_gate().await?;
        let now = self.now().micros();
        let (conn, tenant) = self.parts();
        on!(conn, |c| {
            query(ADD_CANCELLATION)
                .bind(tenant)
                .bind(new.id.to_string())
                .bind(new.subscription.as_str())
                .bind(new.asked_by.to_string())
                .bind(now)
                .bind(new.reason.map(Reason::as_str))
                .bind(new.comment.as_deref())
                .execute(c)
                .await?;
        });
        Ok(())
    }

    /// Writes down that the plan goes on after all; `false` if nobody had asked for its end here.
    pub async fn undo_cancellations(&mut self, of: &ProviderSubscriptionId) -> Result<bool, StoreError> {
        self.at_the_gate().await?;
        let now = self.now().micros();
        let (conn, tenant) = self.parts();
        let undone = on!(conn, |c| {
            query(UNDO_CANCELLATIONS).bind(tenant).bind(of.as_str()).bind(now).execute(c).await?.rows_affected()
        });
        Ok(undone > 0)
    }
}
