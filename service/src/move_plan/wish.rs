//! From what plan, or version of one, to what plan.

use domain::{Plan, PlanKey};

use super::{MovePlan, refused};
use crate::{Error, Services};

/// A move that makes sense.
#[derive(Clone, Debug)]
pub(super) struct Wish {
    pub(super) from: PlanKey,
    /// Only this version of it.
    version: Option<String>,
    pub(super) to: Plan,
    pub(super) to_version: String,
}

impl Wish {
    pub(super) async fn of(s: &Services, said: &MovePlan) -> Result<Self, Error> {
        let no = |why| Err(Error::Refused(why));
        let (name, beginning) = match said.from.split_once('@') {
            Some((name, beginning)) => (name, Some(beginning)),
            None => (said.from.as_str(), None),
        };
        let mut kept = s.store().system().plan_versions().await?;
        kept.retain(|version| version.plan.key.as_str() == name);
        let today = s.catalog().plans().iter().find(|plan| plan.key.as_str() == name);
        let Some(newest) = today.or_else(|| kept.last().map(|version| &version.plan)) else {
            return no(refused::from_unknown(name));
        };
        let version = match beginning {
            None => None,
            Some(beginning) => {
                let mut fits = kept.iter().filter(|version| version.fingerprint.starts_with(beginning));
                match (fits.next(), fits.next()) {
                    (Some(one), None) => Some(one.fingerprint.clone()),
                    (None, _) => return no(refused::version_unknown(&said.from)),
                    (Some(_), Some(_)) => return no(refused::version_unclear(&said.from)),
                }
            }
        };
        let to = match &said.to {
            Some(to) => to.clone(),
            None => match &newest.successor {
                Some(successor) => successor.to_string(),
                None => return no(refused::to_missing(name)),
            },
        };
        let Some(to) = s.catalog().plans().iter().find(|plan| plan.key.as_str() == to) else {
            return no(refused::to_unknown(&to));
        };
        if !to.is_sold() {
            return no(refused::to_unsold(to));
        }
        let to_version = to.fingerprint();
        if newest.key == to.key && version.as_ref() == Some(&to_version) {
            return no(refused::to_same(&said.from));
        }
        Ok(Self { from: newest.key.clone(), version, to: to.clone(), to_version })
    }

    /// Whether somebody is meant who has this version of the plan: any, or just one; not who has what they would get.
    pub(super) fn concerns(&self, version: Option<&str>) -> bool {
        let wanted = self.version.as_deref().is_none_or(|wanted| version == Some(wanted));
        wanted && !(self.from == self.to.key && version == Some(self.to_version.as_str()))
    }

    pub(super) fn to_name(&self) -> String {
        format!("{}@{}", self.to.key, self.to_version)
    }
}
