//! Seats from outside: whose rest is over, where somebody waits, whom to ask, and where a newcomer might belong.

use domain::email::proof::THRICE;
use domain::ids::{MemberId, OrgId};
use domain::subscription::ProviderSubscriptionId;
use domain::{EmailAddress, EmailDomain, Slug, Timestamp};
use sqlx::{query_as, query_scalar};

use crate::{StoreError, System, parse};

statements! {
    /// The worker brings back whose suspension has an end, wherever they are.
    RESTING_OVER = "
        select tenant_id, id
        from members
        where suspended_until <= $1 and removed_at is null
        order by suspended_until, id
        limit $2";

    /// The worker moves up every wait list with a free seat for somebody on it.
    WAITING = "
        select organizations.tenant_id
        from organizations
        where organizations.access in ('full', 'free') and organizations.suspended_at is null
          and exists (select 1
                      from seat_requests
                      where seat_requests.tenant_id = organizations.tenant_id and seat_requests.approved_at is not null
                        and seated_at is null and declined_at is null and withdrawn_at is null
                        and (organizations.seat_cap is null
                             or organizations.seats_active + organizations.seats_reserved < organizations.seat_cap
                             or (organizations.viewers_free and seat_requests.role = 'viewer')))
        order by organizations.tenant_id
        limit $1";

    /// Who asks to join is in no organization yet. $2 says whether it is a parent of their address's domain, for which
    /// a company must have said that its subdomains count.
    JOINABLE = "
        select organizations.tenant_id
        from organizations
        where organizations.domain = $1 and (organizations.subdomains or not $2)
          and organizations.join_requests and organizations.suspended_at is null
        union
        select organizations.tenant_id
        from domains join organizations on organizations.tenant_id = domains.tenant_id
        where domains.domain = $1 and domains.verified_at is not null and domains.failures < $3
          and domains.removed_at is null
          and (domains.subdomains or not $2)
          and organizations.join_requests and organizations.suspended_at is null";

    /// Periods of billed seats that end soon and whose next number was not looked at, wherever they are.
    CLOSING = "
        select distinct seat_periods.tenant_id, seat_periods.subscription
        from seat_periods
             join subscriptions on subscriptions.tenant_id = seat_periods.tenant_id
                                and subscriptions.id = seat_periods.subscription
                                and subscriptions.period_from = seat_periods.period_from
        where subscriptions.status in ('trialing', 'active', 'past_due')
          and subscriptions.period_until > $1 and subscriptions.period_until <= $2
          and seat_periods.closed_at is null
        order by seat_periods.tenant_id, seat_periods.subscription
        limit $3";

    /// Who is suspended has no way in, and is told whom to ask.
    OWNERS_OF = "
        select users.email
        from organizations
             join members on members.tenant_id = organizations.tenant_id
             join users on users.id = members.user_id
        where organizations.slug = $1 and members.role = 'owner'
          and members.removed_at is null and members.suspended_at is null
        order by members.joined_at, members.id";
}

impl System<'_> {
    /// Suspensions whose end has come, the longest over first; at most `limit`.
    pub async fn resting_over(self, now: Timestamp, limit: u32) -> Result<Vec<(OrgId, MemberId)>, StoreError> {
        let rows: Vec<(String, String)> = on!(self.store.db.reader(), |c| {
            query_as(RESTING_OVER).bind(now.micros()).bind(i64::from(limit)).fetch_all(c).await?
        });
        rows.into_iter()
            .map(|(org, id)| Ok((parse::text("organization id", &org)?, parse::text("member id", &id)?)))
            .collect()
    }

    /// Subscriptions whose period ends after `now` and not after `until`, with lines of seats whose number for the next
    /// period was not looked at; at most `limit`.
    pub async fn closing_seat_periods(
        self,
        now: Timestamp,
        until: Timestamp,
        limit: u32,
    ) -> Result<Vec<(OrgId, ProviderSubscriptionId)>, StoreError> {
        let rows: Vec<(String, String)> = on!(self.store.db.reader(), |c| {
            query_as(CLOSING).bind(now.micros()).bind(until.micros()).bind(i64::from(limit)).fetch_all(c).await?
        });
        rows.into_iter()
            .map(|(org, id)| Ok((parse::text("organization id", &org)?, ProviderSubscriptionId(id))))
            .collect()
    }

    /// Organizations that may grow, with an approved request and a free seat for it; at most `limit`.
    pub async fn waiting(self, limit: u32) -> Result<Vec<OrgId>, StoreError> {
        let rows: Vec<String> =
            on!(self.store.db.reader(), |c| query_scalar(WAITING).bind(i64::from(limit)).fetch_all(c).await?);
        rows.iter().map(|org| parse::text("organization id", org)).collect()
    }

    /// Organizations that somebody with an address of `domain` may ask to join: it is the company's own or a verified
    /// one, or a subdomain of one whose subdomains count; and the company takes such requests.
    pub async fn joinable(self, domain: &EmailDomain) -> Result<Vec<OrgId>, StoreError> {
        let mut found = Vec::new();
        let mut rest = Some(domain.as_str());
        while let Some(name) = rest {
            let parent = name != domain.as_str();
            let rows: Vec<String> = on!(self.store.db.reader(), |c| query_scalar(JOINABLE)
                .bind(name)
                .bind(parent)
                .bind(i64::from(THRICE))
                .fetch_all(c)
                .await?);
            for org in rows {
                let org: OrgId = parse::text("organization id", &org)?;
                if !found.contains(&org) {
                    found.push(org);
                }
            }
            rest = name.split_once('.').map(|(_, parent)| parent).filter(|parent| parent.contains('.'));
        }
        found.sort_unstable();
        Ok(found)
    }

    /// The addresses of an organization's active owners, by when they came. For who may not look inside.
    pub async fn owners_of(self, slug: &Slug) -> Result<Vec<EmailAddress>, StoreError> {
        let rows: Vec<String> =
            on!(self.store.db.reader(), |c| query_scalar(OWNERS_OF).bind(slug.as_str()).fetch_all(c).await?);
        rows.iter().map(|email| parse::text("address", email)).collect()
    }
}
