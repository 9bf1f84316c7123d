//! A new organization. Who makes it owns it, and the domain of their address is the company's.

use domain::email::company_domain;
use domain::ids::{AuditId, MemberId, OrgId};
use domain::slug::SlugError;
use domain::{Refusal, Slug};
use store::{CreateOrganization as Created, NewOrganization};

use crate::{Caller, Error, Services, refusal};

/// The longest name, in characters.
const LONGEST_NAME: usize = 80;
/// How many numbers are tried behind a suggested slug that is taken.
const TRIES: u32 = 20;

/// What the form says.
#[derive(Clone, Debug)]
pub struct CreateOrganization {
    /// The company's name.
    pub name: String,
    /// Its place in addresses, `/app/{slug}`; may be empty, then the name suggests one.
    pub slug: String,
}

/// Makes an organization on the free plan, with the caller as its owner.
///
/// The company's e-mail domain is that of the caller's address, unless it is a free mailbox: then there is none, and
/// plans for people of one domain cannot be bought.
///
/// # Errors
/// [`Error::Invalid`] with `name` or `slug`.
pub async fn create_organization(s: &Services, caller: &Caller, input: CreateOrganization) -> Result<Slug, Error> {
    let name = company_name(&input.name).map_err(|no| Error::invalid("name", no))?;
    let written = input.slug.trim();
    let candidates: Vec<Slug> = if written.is_empty() {
        let suggested = Slug::suggest(&name).ok_or_else(|| Error::invalid("slug", refusal::slug_missing()))?;
        std::iter::once(suggested.clone()).chain((2..TRIES).filter_map(|n| numbered(&suggested, n))).collect()
    } else {
        vec![written.parse().map_err(|no: SlugError| Error::invalid("slug", no))?]
    };
    for slug in candidates {
        let free = s.catalog().free();
        let new = NewOrganization {
            id: s.id(OrgId::new),
            slug: slug.clone(),
            name: name.clone(),
            domain: company_domain(&caller.email),
            owner: caller.user,
            member: s.id(MemberId::new),
            plan: free.key.clone(),
            seat_limit: free.seats.limit(),
            viewers_free: !free.seats.viewers_hold_seats,
            audit: s.id(AuditId::new),
        };
        match s.store().system().create_organization(&new, &caller.visit, s.now()).await? {
            Created::Created => return Ok(slug),
            Created::SlugTaken => {}
        }
    }
    Err(Error::invalid("slug", refusal::slug_taken()))
}

/// A company's name as it is kept.
pub(crate) fn company_name(written: &str) -> Result<String, Refusal> {
    let name = written.trim();
    if name.is_empty() || name.chars().count() > LONGEST_NAME {
        return Err(refusal::name_length());
    }
    if name.chars().any(char::is_control) {
        return Err(refusal::name_characters());
    }
    Ok(name.to_owned())
}

fn numbered(slug: &Slug, n: u32) -> Option<Slug> {
    // Room for the number: a slug has at most forty characters, all of them ASCII.
    let stem: String = slug.as_str().chars().take(36).collect();
    format!("{}-{n}", stem.trim_end_matches('-')).parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_one_line_of_at_most_eighty_characters() {
        assert_eq!(company_name("  Acme & Söhne  ").as_deref(), Ok("Acme & Söhne"));
        assert!(company_name(" ").is_err());
        assert!(company_name("Acme\r\nBcc: everybody@x.test").is_err());
        assert!(company_name(&"ä".repeat(80)).is_ok());
        assert!(company_name(&"ä".repeat(81)).is_err());
    }

    #[test]
    fn a_number_fits_behind_the_longest_slug() {
        let longest: Slug = "a".repeat(40).parse().unwrap();
        assert_eq!(numbered(&longest, 19).unwrap().as_str().len(), 39);
    }
}
