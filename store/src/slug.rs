//! The organization's names in addresses: the one it has, and those it has given up, which go on leading to it.

use domain::Slug;
use sqlx::{query, query_scalar};

use crate::{StoreError, TenantRead, TenantTx, parse};

statements! {
    /// Whoever has or had it keeps it, this organization too.
    TAKE_SLUG = "
        insert into slugs (tenant_id, slug, taken_at)
        values ($1, $2, $3)
        on conflict (slug) do nothing";

    /// Back to one that was given up.
    TAKE_BACK = "
        update slugs
        set retired_at = null
        where tenant_id = $1 and slug = $2";

    RETIRE = "
        update slugs
        set retired_at = $3
        where tenant_id = $1 and slug = $2";

    SET_SLUG = "
        update organizations
        set slug = $2
        where tenant_id = $1";

    FIRST_SLUG = "
        select slug
        from slugs
        where tenant_id = $1
        order by taken_at, slug
        limit 1";

    LAST_TAKEN = "
        select max(taken_at)
        from slugs
        where tenant_id = $1";

    FORMER_SLUGS = "
        select slug
        from slugs
        where tenant_id = $1 and retired_at is not null
        order by retired_at, slug";
}

/// As many names as one organization keeps from all others.
pub const MOST_SLUGS: usize = 10;

/// How a change of the slug ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ChangeSlug {
    /// The organization has it now; the former one leads here.
    Changed {
        /// The former one.
        from: Slug,
    },
    /// It is what it was.
    Same,
    /// Another organization has it, or had it.
    Taken,
    /// This organization keeps [`MOST_SLUGS`] already.
    TooMany,
}

impl TenantRead {
    /// The slugs that were given up, the oldest first.
    pub async fn former_slugs(&mut self) -> Result<Vec<Slug>, StoreError> {
        let (conn, tenant) = self.parts();
        let rows: Vec<String> = on!(conn, |c| query_scalar(FORMER_SLUGS).bind(tenant).fetch_all(c).await?);
        rows.iter().map(|slug| parse::text("slug", slug)).collect()
    }

    /// The slug that the organization began with: it leads here for as long as there is an organization, and stays the
    /// first whatever it is called now.
    pub async fn first_slug(&mut self) -> Result<Slug, StoreError> {
        let (conn, tenant) = self.parts();
        let slug: Option<String> = on!(conn, |c| query_scalar(FIRST_SLUG).bind(tenant).fetch_optional(c).await?);
        match slug {
            Some(slug) => parse::text("slug", &slug),
            // Made by a version from before the list, and not moved since.
            None => Ok(self.organization().await?.slug),
        }
    }
}

impl TenantTx {
    /// Gives the organization another slug, unless it is or was another organization's. The former one stays its own.
    pub async fn change_slug(&mut self, to: &Slug) -> Result<ChangeSlug, StoreError> {
        self.at_the_gate().await?;
        let from = self.organization().await?.slug;
        if &from == to {
            return Ok(ChangeSlug::Same);
        }
        let former = self.former_slugs().await?;
        let now = self.now().micros();
        let (conn, tenant) = self.parts();
        let last: Option<i64> = on!(conn, |c| query_scalar(LAST_TAKEN).bind(tenant).fetch_one(c).await?);
        if last.is_none() {
            // A version from before the list has made this organization.
            let (conn, tenant) = self.parts();
            on!(conn, |c| query(TAKE_SLUG).bind(tenant).bind(from.as_str()).bind(now).execute(c).await.map(drop)?);
        }
        // Later than those before, whatever the clock of this machine says: the first one stays the first.
        let since = last.map_or(now, |last| now.max(last)) + 1;
        if former.contains(to) {
            let (conn, tenant) = self.parts();
            on!(conn, |c| query(TAKE_BACK).bind(tenant).bind(to.as_str()).execute(c).await.map(drop)?);
        } else if former.len() + 1 >= MOST_SLUGS {
            return Ok(ChangeSlug::TooMany);
        } else {
            let (conn, tenant) = self.parts();
            let taken = on!(conn, |c| {
                query(TAKE_SLUG).bind(tenant).bind(to.as_str()).bind(since).execute(c).await?.rows_affected()
            });
            if taken != 1 {
                return Ok(ChangeSlug::Taken);
            }
        }
        let (conn, tenant) = self.parts();
        on!(conn, |c| query(RETIRE).bind(tenant).bind(from.as_str()).bind(now).execute(c).await.map(drop)?);
        let (conn, tenant) = self.parts();
        on!(conn, |c| query(SET_SLUG).bind(tenant).bind(to.as_str()).execute(c).await.map(drop)?);
        Ok(ChangeSlug::Changed { from })
    }
}
