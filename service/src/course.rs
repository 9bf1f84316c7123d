//! One way for every step of a subscription's course: who asks is written down, the provider is read, the rule is asked
//! about what the provider has and not about our mirror, the provider does it, and its answer is applied.

use std::future::Future;

use data_encoding::HEXLOWER;
use domain::access::Deed;
use domain::course::Step;
use domain::ids::OrgId;
use domain::subscription::ProviderSubscriptionId;
use domain::{Permission, Subscription};
use payments::PaymentError;
use payments::provider::{Fetched, IdempotencyKey};
use serde_json::{Value, json};
use store::{Command, Query, TenantRead, TenantScope, TenantTx};

use crate::sync_subscription::{Heal, apply, under_lock};
use crate::{Error, Services, door};

/// What is bought here now, as the mirror has it; the refusal of the step if nothing is.
pub(crate) async fn bought(scope: &TenantScope, step: Step) -> Result<Subscription, Error> {
    let bought = scope.read(Look).await?;
    let bought = bought.ok_or_else(|| Error::refused(domain::course::NotThisStep::NotThere))?;
    bought.may(step).map_err(Error::refused)?;
    Ok(bought)
}

/// A key for one wish of one person. Who wishes it again asks anew, and finds it done.
pub(crate) fn key(s: &Services, what: &str) -> IdempotencyKey {
    IdempotencyKey(format!("{what}-{}", HEXLOWER.encode(&s.chance::<16>())))
}

/// Writes down who asks for it. Their right to is checked in the same transaction; nobody may need to grow for it.
pub(crate) async fn ask(
    s: &Services,
    scope: &TenantScope,
    action: &'static str,
    of: &Subscription,
) -> Result<(), Error> {
    scope.execute(Ask { s, action, of, more: json!({}) }, s.now()).await
}

/// Does it. Under the subscription's lock the provider is asked what it has; when that forbids the step, nothing is done,
/// and the mirror is right afterwards.
pub(crate) async fn step<F>(
    s: &Services,
    org: OrgId,
    id: &ProviderSubscriptionId,
    step: Step,
    deed: impl FnOnce(Services, ProviderSubscriptionId) -> F + Send + 'static,
) -> Result<(), Error>
where
    F: Future<Output = Result<Fetched, PaymentError>> + Send,
{
    let scope = s.store().system().act_for(org, "course of the subscription").await?;
    let work = {
        let (s, id) = (s.clone(), id.clone());
        async move {
            let seen = s.payments().subscription(&id, s.now()).await?;
            let allowed = seen.subscription.may(step);
            apply(&s, &scope, seen, Heal::Yes).await?;
            allowed.map_err(Error::refused)?;
            let answer = deed(s.clone(), id).await?;
            apply(&s, &scope, answer, Heal::Yes).await.map(drop)
        }
    };
    under_lock(s, id, work).await
}

struct Look;

impl Query for Look {
    const REQUIRES: Permission = Permission::BillingManage;
    type Output = Option<Subscription>;
    type Error = Error;

    async fn run(self, tx: &mut TenantRead) -> Result<Self::Output, Error> {
        Ok(tx.subscription().await?)
    }
}

/// The line about who asks.
pub(crate) struct Ask<'a> {
    pub(crate) s: &'a Services,
    pub(crate) action: &'static str,
    pub(crate) of: &'a Subscription,
    pub(crate) more: Value,
}

impl Command for Ask<'_> {
    const REQUIRES: Permission = Permission::BillingManage;
    const DEED: Deed = Deed::Settle;
    type Output = ();
    type Error = Error;

    async fn run(self, tx: &mut TenantTx) -> Result<(), Error> {
        let Self { s, action, of, more } = self;
        let mut after = json!({ "plan": of.plan, "status": of.status });
        if let (Value::Object(all), Value::Object(more)) = (&mut after, more) {
            all.extend(more);
        }
        door::audit(s, tx, action, &of.id, None, Some(after)).await
    }
}
