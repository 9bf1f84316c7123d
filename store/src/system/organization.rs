//! Organizations from outside: making one, when there is no tenant yet, and listing those of one person.

use domain::ids::{AuditId, MemberId, OrgId, SeatEventId, UserId};
use domain::{EmailDomain, PlanKey, Role, SeatCount, SeatLimit, Slug, Timestamp};
use sqlx::{FromRow, query, query_as};

use crate::audit::{self, AuditEntry};
use crate::tenancy::{Actor, Visit};
use crate::{StoreError, System, parse};

statements! {
    /// With its first seat taken, by its first owner.
    CREATE_ORGANIZATION = "
        insert into organizations (
            tenant_id, slug, name, domain, plan, seat_cap, access, seats_active, seats_reserved, owners, created_at,
            viewers_free
        )
        values ($1, $2, $3, $4, $5, $6, 'free', 1, 0, 1, $7, $8)
        on conflict (slug) do nothing";

    /// Nobody else has it or had it.
    FIRST_SLUG = "
        insert into slugs (tenant_id, slug, taken_at)
        values ($1, $2, $3)
        on conflict (slug) do nothing";

    /// Of organizations that a version from before the list has made during an update.
    ADOPT_SLUGS = "
        insert into slugs (tenant_id, slug, taken_at)
        select tenant_id, slug, created_at
        from organizations
        where not exists (select 1 from slugs where slugs.slug = organizations.slug)
        on conflict (slug) do nothing";

    FIRST_OWNER = "
        insert into members (tenant_id, id, user_id, role, joined_at, last_seen_at)
        values ($1, $2, $3, 'owner', $4, $4)";

    /// The first move of its seats.
    FIRST_EVENT = "
        insert into seat_events (tenant_id, id, at, kind, entity, role, active, reserved, cap)
        values ($1, $2, $3, 'created', $4, 'owner', 1, 0, $5)";

    /// A person's organizations are in as many tenants.
    ORGANIZATIONS_OF = "
        select organizations.slug, organizations.name, members.role, organizations.plan, organizations.seat_cap,
               organizations.seats_active, organizations.seats_reserved
        from members join organizations on organizations.tenant_id = members.tenant_id
        where members.user_id = $1 and members.removed_at is null
        order by organizations.name, organizations.slug";
}

/// An organization to be made.
#[derive(Clone, Debug)]
pub struct NewOrganization {
    /// Its id.
    pub id: OrgId,
    /// In addresses; unique.
    pub slug: Slug,
    /// For people.
    pub name: String,
    /// The company's e-mail domain, if its owner's address has one.
    pub domain: Option<EmailDomain>,
    /// Who makes it and becomes its owner.
    pub owner: UserId,
    /// The owner's place in it.
    pub member: MemberId,
    /// The free plan.
    pub plan: PlanKey,
    /// The free plan's seats.
    pub seat_limit: SeatLimit,
    /// Whether viewers sit for nothing on the free plan.
    pub viewers_free: bool,
    /// The line in the audit log.
    pub audit: AuditId,
}

/// How making one ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CreateOrganization {
    /// It is there, with its owner.
    Created,
    /// Another one has this slug.
    SlugTaken,
}

/// One of a person's organizations.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OrgSummary {
    /// In addresses.
    pub slug: Slug,
    /// For people.
    pub name: String,
    /// As what they are in it.
    pub role: Role,
    /// Its plan.
    pub plan: PlanKey,
    /// Its seats.
    pub seats: SeatCount,
    /// How many there may be.
    pub limit: SeatLimit,
}

#[derive(FromRow)]
struct Row {
    slug: String,
    name: String,
    role: String,
    plan: String,
    seat_cap: Option<i64>,
    seats_active: i64,
    seats_reserved: i64,
}

impl System<'_> {
    /// Writes the slugs of all organizations into the list that are not there.
    pub(crate) async fn adopt_slugs(self) -> Result<(), StoreError> {
        on!(self.store.db.writer(), |c| query(ADOPT_SLUGS).execute(c).await.map(drop)?);
        Ok(())
    }

    /// Makes an organization with its owner and the line in its audit log, unless the slug is taken.
    pub async fn create_organization(
        self,
        new: &NewOrganization,
        visit: &Visit,
        now: Timestamp,
    ) -> Result<CreateOrganization, StoreError> {
        let tenant = new.id.to_string();
        let mut tx = self.store.db.begin(None).await?;
        let created = on!(tx.conn(), |c| {
            query(CREATE_ORGANIZATION)
                .bind(tenant.as_str())
                .bind(new.slug.as_str())
                .bind(new.name.as_str())
                .bind(new.domain.as_ref().map(EmailDomain::as_str))
                .bind(new.plan.as_str())
                .bind(parse::cap(new.seat_limit))
                .bind(now.micros())
                .bind(new.viewers_free)
                .execute(c)
                .await?
                .rows_affected()
        });
        let slug = on!(tx.conn(), |c| {
            let slug = query(FIRST_SLUG).bind(tenant.as_str()).bind(new.slug.as_str()).bind(now.micros());
            if created == 1 { slug.execute(c).await?.rows_affected() } else { 0 }
        });
        if slug != 1 {
            tx.rollback().await?;
            return Ok(CreateOrganization::SlugTaken);
        }
        on!(tx.conn(), |c| {
            query(FIRST_OWNER)
                .bind(tenant.as_str())
                .bind(new.member.to_string())
                .bind(new.owner.to_string())
                .bind(now.micros())
                .execute(c)
                .await?;
        });
        on!(tx.conn(), |c| {
            query(FIRST_EVENT)
                .bind(tenant.as_str())
                .bind(SeatEventId::after(None, now).to_string())
                .bind(now.micros())
                .bind(new.member.to_string())
                .bind(parse::cap(new.seat_limit))
                .execute(c)
                .await?;
        });
        let entry = AuditEntry {
            action: "organization.created",
            entity: tenant.clone(),
            before: None,
            after: Some(
                serde_json::json!({ "slug": new.slug, "name": new.name, "domain": new.domain, "plan": new.plan }),
            ),
        };
        let owner = Actor::Member { user: new.owner, member: new.member };
        audit::write(tx.conn(), &tenant, new.audit, &entry, &owner, visit, now).await?;
        tx.commit().await?;
        Ok(CreateOrganization::Created)
    }

    /// The organizations that a person is a member of, by name.
    pub async fn organizations_of(self, user: UserId) -> Result<Vec<OrgSummary>, StoreError> {
        let rows: Vec<Row> =
            on!(self.store.db.reader(), |c| { query_as(ORGANIZATIONS_OF).bind(user.to_string()).fetch_all(c).await? });
        rows.into_iter()
            .map(|row| {
                Ok(OrgSummary {
                    slug: parse::text("slug", &row.slug)?,
                    name: row.name,
                    role: parse::text("role", &row.role)?,
                    plan: parse::text("plan key", &row.plan)?,
                    seats: parse::seats(row.seats_active, row.seats_reserved)?,
                    limit: parse::limit(row.seat_cap)?,
                })
            })
            .collect()
    }
}
