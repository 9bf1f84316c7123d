//! Knocking: before the door is open, which organization it is about is what has to be found out.

use domain::ids::{MemberId, OrgId, UserId};
use domain::subscription::{ProviderCustomerId, ProviderSubscriptionId};
use domain::{Role, Slug, Timestamp};
use sqlx::{FromRow, query_as, query_scalar};

use crate::tenancy::{Actor, Opened, Standing, TenantScope, Visit};
use crate::{StoreError, System, parse};

statements! {
    /// A membership opens the door. A stranger and a missing organization both give no row.
    BEHIND_THE_DOOR = "
        select organizations.tenant_id, organizations.name, organizations.access, organizations.created_at as made_at,
               organizations.suspended_at as closed_at, organizations.suspended_reason as closed_reason, members.id,
               members.role, members.last_seen_at, members.suspended_at, members.suspended_until,
               members.suspended_reason, members.suspended_for
        from organizations join members on members.tenant_id = organizations.tenant_id
        where organizations.slug = $1 and members.user_id = $2 and members.removed_at is null";

    /// A slug that was given up leads its organization's members to where it is now.
    MOVED = "
        select organizations.slug
        from slugs
        join organizations on organizations.tenant_id = slugs.tenant_id
        join members on members.tenant_id = slugs.tenant_id
        where slugs.slug = $1 and slugs.retired_at is not null and members.user_id = $2
          and members.removed_at is null";

    /// The worker acts for an organization that a queue names.
    ORGANIZATION_TO_ACT_FOR = "
        select slug, name
        from organizations
        where tenant_id = $1";

    /// The operator names an organization by the slug that it has or had.
    ORG_BY_SLUG = "
        select tenant_id
        from slugs
        where slug = $1";

    /// A webhook names a customer, not an organization.
    ORG_BY_CUSTOMER = "
        select tenant_id
        from organizations
        where customer = $1";

    /// The doctor asks the provider for some of them.
    SOME_CUSTOMERS = "
        select customer
        from organizations
        where customer is not null
        order by created_at desc
        limit $1";

    /// A thin event names a subscription, and not whose it is.
    CUSTOMER_BY_SUBSCRIPTION = "
        select customer
        from subscriptions
        where id = $1";
}

#[derive(FromRow)]
struct Row {
    tenant_id: String,
    name: String,
    id: String,
    last_seen_at: Option<i64>,
    #[sqlx(flatten)]
    standing: Standing,
}

impl System<'_> {
    pub(crate) async fn behind_the_door(self, user: UserId, slug: &Slug) -> Result<Opened, StoreError> {
        let row: Option<Row> = on!(self.store.db.reader(), |c| {
            query_as(BEHIND_THE_DOOR).bind(slug.as_str()).bind(user.to_string()).fetch_optional(c).await?
        });
        let row = row.ok_or(StoreError::NotFound)?;
        let member: MemberId = parse::text("member id", &row.id)?;
        let role = parse::text("role", row.standing.role()?)?;
        row.standing.open()?;
        Ok(Opened {
            org: parse::text("organization id", &row.tenant_id)?,
            slug: slug.clone(),
            name: row.name,
            role,
            actor: Actor::Member { user, member },
            last_seen: row.last_seen_at.map(Timestamp::from_micros),
        })
    }

    /// Where the organization is now that had this slug once, if `user` is a member of it.
    pub async fn moved_to(self, user: UserId, slug: &Slug) -> Result<Option<Slug>, StoreError> {
        let now: Option<String> = on!(self.store.db.reader(), |c| {
            query_scalar(MOVED).bind(slug.as_str()).bind(user.to_string()).fetch_optional(c).await?
        });
        parse::maybe("slug", now.as_deref())
    }

    /// Opens an organization for Usher itself, which acts as owner; the audit log keeps `why`.
    pub async fn act_for(self, org: OrgId, why: &'static str) -> Result<TenantScope, StoreError> {
        let row: Option<(String, String)> = on!(self.store.db.reader(), |c| {
            query_as(ORGANIZATION_TO_ACT_FOR).bind(org.to_string()).fetch_optional(c).await?
        });
        let (slug, name) = row.ok_or(StoreError::NotFound)?;
        let opened = Opened {
            org,
            slug: parse::text("slug", &slug)?,
            name,
            role: Role::Owner,
            actor: Actor::System(why),
            last_seen: None,
        };
        Ok(TenantScope::new(self.store, opened, Visit::default()))
    }

    /// Whose slug that is or was. For the operator, who is no member.
    pub async fn org_by_slug(self, slug: &Slug) -> Result<Option<OrgId>, StoreError> {
        let org: Option<String> =
            on!(self.store.db.reader(), |c| query_scalar(ORG_BY_SLUG).bind(slug.as_str()).fetch_optional(c).await?);
        parse::maybe("organization id", org.as_deref())
    }

    /// Whose customer that is at the payment provider.
    pub async fn org_by_customer(self, customer: &ProviderCustomerId) -> Result<Option<OrgId>, StoreError> {
        let org: Option<String> = on!(self.store.db.reader(), |c| {
            query_scalar(ORG_BY_CUSTOMER).bind(customer.as_str()).fetch_optional(c).await?
        });
        parse::maybe("organization id", org.as_deref())
    }

    /// Customers of the newest organizations that have one; at most `limit`.
    pub async fn some_customers(self, limit: u32) -> Result<Vec<ProviderCustomerId>, StoreError> {
        let rows: Vec<String> =
            on!(self.store.db.reader(), |c| query_scalar(SOME_CUSTOMERS).bind(i64::from(limit)).fetch_all(c).await?);
        Ok(rows.into_iter().map(ProviderCustomerId).collect())
    }

    /// The customer whose subscription this is, if it is in the mirror.
    pub async fn customer_by_subscription(
        self,
        id: &ProviderSubscriptionId,
    ) -> Result<Option<ProviderCustomerId>, StoreError> {
        let customer: Option<String> = on!(self.store.db.reader(), |c| {
            query_scalar(CUSTOMER_BY_SUBSCRIPTION).bind(id.as_str()).fetch_optional(c).await?
        });
        Ok(customer.map(ProviderCustomerId))
    }
}
