//! The operator moves subscribers: to another version of their plan, or to another plan.
//!
//! Nobody is charged for what they did not ask for. What costs the same and has nothing less is theirs at once, by a price
//! that takes the place of another one without a word about money. All else begins with the next period, as a change does
//! that an owner has asked for: it is shown on the billing page, and can be undone there until the day. What is shown
//! beforehand is what happens: each organization is looked at anew at the provider, and left alone when it is not as it was.

mod judge;
mod refused;
mod wish;

use domain::ids::OrgId;
use domain::plan::Difference;
use domain::{EmailAddress, Interval, Money, Refusal, Slug, Timestamp};
use payments::provider::CheckoutLine;
use payments::provider::course::{NextPhase, Swap};
use serde_json::json;

use self::judge::{Deed, Judged};
use self::wish::Wish;
use crate::phase::Look;
use crate::sync_subscription::{Heal, apply, under_lock};
use crate::{Error, Services, course};

/// Whom to move, and where, as it was said.
#[derive(Clone, Debug)]
pub struct MovePlan {
    /// `team`, or one version of it: `team@` and the version's name or the beginning of it.
    pub from: String,
    /// To the newest version of this plan; unsaid, of the successor of `from`.
    pub to: Option<String>,
    /// Only this organization.
    pub organization: Option<Slug>,
}

/// What moving them would do.
#[derive(Clone, Debug)]
pub struct PlanMove {
    /// Where they are moved.
    pub to: String,
    /// Everybody who has what they are moved from, by their slugs.
    pub rows: Vec<MoveRow>,
    wish: Wish,
}

/// What moving one organization does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MoveRow {
    /// Which.
    pub org: OrgId,
    /// The part of its address after /app/.
    pub slug: Slug,
    /// What it has: the plan with its version.
    pub from: String,
    /// Whether, and when.
    pub fate: Fate,
    /// What a period costs it now, what it costs then, and how often.
    pub price: Option<(Money, Money, Interval)>,
    /// What else is another thing then.
    pub differences: Vec<Difference>,
    /// Whose seats rest then.
    pub rest: Vec<EmailAddress>,
    /// Whose invitations are taken back then.
    pub uninvited: Vec<EmailAddress>,
}

/// Whether an organization is moved, and when.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fate {
    /// Now: it costs the same and has nothing less.
    AtOnce,
    /// With its next period.
    At(Timestamp),
    /// It is arranged already for that day.
    Arranged(Timestamp),
    /// It has it already.
    There,
    /// It has nothing that runs: whoever buys again, buys what is sold then.
    Over,
    /// Not now, for this reason.
    Blocked(Refusal),
}

/// Says what moving them would do. Changes nothing, and asks nobody outside.
///
/// For the operator: whoever can call this has the server. [`Services::record_plans`] comes first.
///
/// # Errors
/// [`Error::NotFound`] when there is no such organization, [`Error::Refused`] with `move-from-unknown`,
/// `move-version-unknown`, `move-version-unclear`, `move-to-missing`, `move-to-unknown`, `move-to-unsold`, `move-to-same`
/// or `move-other-plan`.
pub async fn plan_move(s: &Services, said: &MovePlan) -> Result<PlanMove, Error> {
    let wish = Wish::of(s, said).await?;
    let system = s.store().system();
    let mut orgs = system.organizations_on(&wish.from).await?;
    orgs.retain(|(_, version)| wish.concerns(version.as_deref()));
    if let Some(slug) = &said.organization {
        let only = system.org_by_slug(slug).await?.ok_or(Error::NotFound)?;
        orgs.retain(|(org, _)| *org == only);
        if orgs.is_empty() {
            return Err(Error::Refused(refused::other_plan(slug, &said.from)));
        }
    }
    let mut rows = Vec::with_capacity(orgs.len());
    for (org, _) in orgs {
        let scope = system.act_for(org, "operator").await?;
        rows.push(judge::judge(s, &wish, &scope.read(Look).await?).await?.row);
    }
    Ok(PlanMove { to: wish.to_name(), rows, wish })
}

/// Moves one organization, if that still is what `said` says of it. One that is moved already is left alone.
///
/// # Errors
/// [`Error::Refused`] with the reason of [`Fate::Blocked`], `move-changed` or `payments-away`; [`Error::Busy`].
pub async fn move_subscriber(s: &Services, how: &PlanMove, said: &MoveRow) -> Result<Fate, Error> {
    match &said.fate {
        Fate::Blocked(why) => return Err(Error::Refused(why.clone())),
        Fate::Arranged(_) | Fate::There | Fate::Over => return Ok(said.fate.clone()),
        Fate::AtOnce | Fate::At(_) => {}
    }
    let scope = s.store().system().act_for(said.org, "operator").await?;
    let _turn = s.turns().take(said.org).await;
    let Some(id) = scope.read(Look).await?.bought.map(|bought| bought.id) else {
        return Err(Error::Refused(refused::changed()));
    };
    let work = {
        let (s, id, wish, said) = (s.clone(), id.clone(), how.wish.clone(), said.clone());
        async move {
            let seen = s.payments().subscription(&id, s.now()).await?;
            apply(&s, &scope, seen, Heal::Yes).await?;
            let found = scope.read(Look).await?;
            let Judged { row, deed } = judge::judge(&s, &wish, &found).await?;
            match (&row.fate, &deed) {
                // Another run was faster, or this one was cut off after the provider had done it.
                (Fate::Arranged(_) | Fate::There, _) => return Ok(row.fate),
                (Fate::Blocked(why), _) => return Err(Error::Refused(why.clone())),
                (Fate::AtOnce | Fate::At(_), Some(_)) if row == said => {}
                _ => return Err(Error::Refused(refused::changed())),
            }
            let (Some(deed), Some(bought)) = (deed, found.bought.filter(|bought| bought.id == id)) else {
                return Err(Error::Refused(refused::changed()));
            };
            let at = match row.fate {
                Fate::At(at) => Some(at.rfc3339()),
                _ => None,
            };
            let more = json!({ "from": row.from, "to": wish.to_name(), "at": at });
            scope.execute(course::Ask { s: &s, action: "subscription.move_asked", of: &bought, more }, s.now()).await?;
            let answer = perform(&s, &id, deed).await?;
            apply(&s, &scope, answer, Heal::Yes).await?;
            Ok(row.fate)
        }
    };
    under_lock(s, &id, work).await
}

async fn perform(
    s: &Services,
    id: &domain::subscription::ProviderSubscriptionId,
    deed: Deed,
) -> Result<payments::provider::Fetched, Error> {
    let key = course::key(s, "move");
    match deed {
        Deed::Swap(wanted) => {
            let mut lines = Vec::with_capacity(wanted.len());
            for (item, spec, quantity) in wanted {
                lines.push(Swap { item, price: s.payments().ensure_price(&spec).await?, quantity });
            }
            Ok(s.payments().swap_prices(&key, id, &lines, s.now()).await?)
        }
        Deed::Schedule(wanted, interval) => {
            let mut lines = Vec::with_capacity(wanted.len());
            for (spec, quantity) in wanted {
                lines.push(CheckoutLine { price: s.payments().ensure_price(&spec).await?, quantity });
            }
            let next = NextPhase { lines, interval, moved: true };
            Ok(s.payments().schedule(&key, id, &next, s.now()).await?)
        }
    }
}
