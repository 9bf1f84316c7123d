//! Lists of members: pages of them, those who were not here for long, and the owners.

use domain::Timestamp;
use sqlx::{query_as, query_scalar};

use crate::member::{MemberRecord, Row};
use crate::{StoreError, TenantRead, parse};

statements! {
    /// $2 is a pattern for addresses as they are compared.
    PAGE = "
        select members.id, members.user_id, users.email, members.role, members.joined_at, members.last_seen_at,
               members.seated, members.suspended_at, members.suspended_until, members.suspended_reason,
               members.suspended_for
        from members join users on users.id = members.user_id
        where members.tenant_id = $1 and members.removed_at is null and users.email_folded like $2 escape '!'
        order by case when members.role = 'owner' then 0 else 1 end, members.joined_at, members.id
        limit $3 offset $4";

    FOUND = "
        select count(*)
        from members join users on users.id = members.user_id
        where members.tenant_id = $1 and members.removed_at is null and users.email_folded like $2 escape '!'";

    /// Without an owner and without who asks ($3): they would not free these seats.
    IDLE = "
        select members.id, members.user_id, users.email, members.role, members.joined_at, members.last_seen_at,
               members.seated, members.suspended_at, members.suspended_until, members.suspended_reason,
               members.suspended_for
        from members join users on users.id = members.user_id
        where members.tenant_id = $1 and members.removed_at is null and members.suspended_at is null
          and members.seated and members.role <> 'owner' and members.id <> $3
          and coalesce(members.last_seen_at, members.joined_at) < $2
        order by coalesce(members.last_seen_at, members.joined_at), members.id
        limit $4";

    OWNERS = "
        select members.id, members.user_id, users.email, members.role, members.joined_at, members.last_seen_at,
               members.seated, members.suspended_at, members.suspended_until, members.suspended_reason,
               members.suspended_for
        from members join users on users.id = members.user_id
        where members.tenant_id = $1 and members.removed_at is null and members.suspended_at is null
          and members.role = 'owner'
        order by members.joined_at, members.id";
}

impl TenantRead {
    /// Members with `search` in their address (all, if it is empty), owners first, then by when they came: `limit` of
    /// them, after the first `offset`; and how many there are.
    pub async fn members_page(
        &mut self,
        search: &str,
        offset: u32,
        limit: u32,
    ) -> Result<(Vec<MemberRecord>, u32), StoreError> {
        let pattern = containing(search);
        let (conn, tenant) = self.parts();
        let rows: Vec<Row> = on!(conn, |c| {
            query_as(PAGE)
                .bind(tenant)
                .bind(pattern.as_str())
                .bind(i64::from(limit))
                .bind(i64::from(offset))
                .fetch_all(c)
                .await?
        });
        let (conn, tenant) = self.parts();
        let found: i64 = on!(conn, |c| query_scalar(FOUND).bind(tenant).bind(pattern.as_str()).fetch_one(c).await?);
        let members = rows.into_iter().map(Row::record).collect::<Result<_, _>>()?;
        Ok((members, parse::count("members", found)?))
    }

    /// Active members on a seat who were not here since `before`, the longest away first; at most `limit`. No owners,
    /// and not who asks.
    pub async fn idle_members(&mut self, before: Timestamp, limit: u32) -> Result<Vec<MemberRecord>, StoreError> {
        let asker = self.scope().member().map(|member| member.to_string()).unwrap_or_default();
        let (conn, tenant) = self.parts();
        let rows: Vec<Row> = on!(conn, |c| {
            query_as(IDLE).bind(tenant).bind(before.micros()).bind(asker).bind(i64::from(limit)).fetch_all(c).await?
        });
        rows.into_iter().map(Row::record).collect()
    }

    /// The active owners, by when they came.
    pub async fn owners(&mut self) -> Result<Vec<MemberRecord>, StoreError> {
        let (conn, tenant) = self.parts();
        let rows: Vec<Row> = on!(conn, |c| query_as(OWNERS).bind(tenant).fetch_all(c).await?);
        rows.into_iter().map(Row::record).collect()
    }
}

/// A pattern for texts with `part` in them, in whatever case it was written, and whatever letters it has.
fn containing(part: &str) -> String {
    let mut pattern = String::from("%");
    for letter in part.trim().to_lowercase().chars().filter(|letter| *letter != '\0') {
        if matches!(letter, '%' | '_' | '!') {
            pattern.push('!');
        }
        pattern.push(letter);
    }
    pattern.push('%');
    pattern
}
