//! A thousand companies that have each bought something, and whether what Usher knows of it is true.

use std::num::NonZeroU32;

use anyhow::{Result, anyhow, bail};
use domain::ids::{AuditId, MemberId, OrgId, UserId};
use domain::permission::NotPermitted;
use domain::subscription::ProviderCustomerId;
use domain::{PlanKey, SeatLimit, Slug, Subscription};
use store::{
    Command, CreateOrganization, NewOrganization, NewUser, Query, Store, StoreError, TenantRead, TenantTx, Visit,
    Visitor,
};

use super::provider::{self, Provider, SUBSCRIPTIONS};
use crate::race::{NOW, chance};

/// Why nothing was done.
#[derive(Debug, thiserror::Error)]
pub enum Failed {
    /// The store did not do it.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The owner may, so this is never.
    #[error("not permitted: {0:?}")]
    NotPermitted(NotPermitted),
}

impl From<NotPermitted> for Failed {
    fn from(no: NotPermitted) -> Self {
        Self::NotPermitted(no)
    }
}

fn owner() -> UserId {
    UserId::new(NOW, chance(9, 0, 0))
}

fn slug(at: usize) -> Result<Slug> {
    let text = format!("bench-{at}");
    text.parse().map_err(|error| anyhow!("{text}: {error:?}"))
}

/// Founds them all, each with its customer.
pub async fn found(store: &Store) -> Result<()> {
    let email = "owner@bench.test".parse().map_err(|error| anyhow!("{error:?}"))?;
    store.system().create_user(&NewUser { id: owner(), email, password_hash: "none".to_owned() }, NOW).await?;
    for at in 0..SUBSCRIPTIONS {
        let seed = chance(9, 1, u32::try_from(at)?);
        let new = NewOrganization {
            id: OrgId::new(NOW, seed),
            slug: slug(at)?,
            name: format!("Bench {at}"),
            domain: None,
            owner: owner(),
            member: MemberId::new(NOW, seed),
            plan: "free".parse::<PlanKey>()?,
            seat_limit: SeatLimit::Capped(NonZeroU32::MIN),
            viewers_free: false,
            audit: AuditId::new(NOW, seed),
        };
        match store.system().create_organization(&new, &Visit::default(), NOW).await? {
            CreateOrganization::Created => {}
            CreateOrganization::SlugTaken => bail!("bench-{at} is there already"),
        }
        open(store, at).await?.execute(Buy(ProviderCustomerId(provider::customer(at))), NOW).await?;
    }
    Ok(())
}

/// How many of them Usher knows something else about than the provider has.
pub async fn differences(store: &Store, _provider: &Provider) -> Result<usize> {
    let mut different = 0;
    for at in 0..SUBSCRIPTIONS {
        let bought = open(store, at).await?.read(Bought).await?;
        let same = bought.is_some_and(|bought| {
            bought.id.0 == provider::id(at)
                && usize::try_from(bought.quantity).is_ok_and(|seats| seats == provider::seats(at))
        });
        different += usize::from(!same);
    }
    Ok(different)
}

async fn open(store: &Store, at: usize) -> Result<store::TenantScope> {
    Ok(store.open(Visitor { user: owner(), visit: Visit::default() }, &slug(at)?).await?)
}

struct Buy(ProviderCustomerId);

impl Command for Buy {
    const REQUIRES: domain::Permission = domain::Permission::BillingManage;
    type Output = ();
    type Error = Failed;

    async fn run(self, tx: &mut TenantTx) -> Result<(), Failed> {
        tx.set_customer(&self.0).await?;
        Ok(())
    }
}

struct Bought;

impl Query for Bought {
    const REQUIRES: domain::Permission = domain::Permission::OrganizationRead;
    type Output = Option<Subscription>;
    type Error = Failed;

    async fn run(self, tx: &mut TenantRead) -> Result<Option<Subscription>, Failed> {
        Ok(tx.subscription().await?)
    }
}
