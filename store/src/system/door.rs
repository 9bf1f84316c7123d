//! Knocking: before the door is open, which organization it is about is what has to be found out.

use domain::ids::{MemberId, OrgId, UserId};
use domain::subscription::ProviderCustomerId;
use domain::{Role, Slug, Timestamp};
use sqlx::{query_as, query_scalar};

use crate::tenancy::{Actor, Opened, TenantScope, Visit};
use crate::{StoreError, System, parse};

statements! {
    /// A membership opens the door. A stranger and a missing organization both give no row.
    BEHIND_THE_DOOR = "
        select organizations.tenant_id, organizations.name, members.id, members.role, members.last_seen_at
        from organizations join members on members.tenant_id = organizations.tenant_id
        where organizations.slug = $1 and members.user_id = $2 and members.removed_at is null";

    /// The worker acts for an organization that a queue names.
    ORGANIZATION_TO_ACT_FOR = "
        select slug, name
        from organizations
        where tenant_id = $1";

    /// A webhook names a customer, not an organization.
    ORG_BY_CUSTOMER = "
        select tenant_id
        from organizations
        where customer = $1";
}

impl System<'_> {
    pub(crate) async fn behind_the_door(self, user: UserId, slug: &Slug) -> Result<Opened, StoreError> {
        let row: Option<(String, String, String, String, Option<i64>)> = on!(self.store.db.reader(), |c| {
            query_as(BEHIND_THE_DOOR).bind(slug.as_str()).bind(user.to_string()).fetch_optional(c).await?
        });
        let (org, name, member, role, last_seen) = row.ok_or(StoreError::NotFound)?;
        let member: MemberId = parse::text("member id", &member)?;
        Ok(Opened {
            org: parse::text("organization id", &org)?,
            slug: slug.clone(),
            name,
            role: parse::text("role", &role)?,
            actor: Actor::Member { user, member },
            last_seen: last_seen.map(Timestamp::from_micros),
        })
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
        Ok(TenantScope::new(self.store.db.clone(), opened, Visit::default()))
    }

    /// Whose customer that is at the payment provider.
    pub async fn org_by_customer(self, customer: &ProviderCustomerId) -> Result<Option<OrgId>, StoreError> {
        let org: Option<String> = on!(self.store.db.reader(), |c| {
            query_scalar(ORG_BY_CUSTOMER).bind(customer.as_str()).fetch_optional(c).await?
        });
        parse::maybe("organization id", org.as_deref())
    }
}
