//! Which domains can belong to a company, and so make colleagues of the people who have them.

use std::str::FromStr;

use psl::{Psl, Type};

use super::free_mail::is_free_mail;
use super::{EmailAddress, EmailDomain, EmailError};
use crate::Refusal;

/// Why a text is no company's domain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NotACompanys {
    /// It is no domain.
    Form,
    /// Anybody can get a mailbox there.
    FreeMail(EmailDomain),
    /// Anybody can get a domain below it.
    PublicSuffix(EmailDomain),
}

/// Whether a registry gives out domains below this one, such as `co.uk`. Only registries count: who lets others have
/// names below a domain of their own, as hosting companies do, still has that domain.
#[must_use]
pub fn is_public_suffix(domain: &EmailDomain) -> bool {
    psl::List
        .suffix(domain.as_str().as_bytes())
        .is_some_and(|suffix| suffix.typ() == Some(Type::Icann) && suffix == domain.as_str())
}

/// The domain that makes colleagues of the people who have it: the address's own, unless it can be no company's.
#[must_use]
pub fn company_domain(address: &EmailAddress) -> Option<EmailDomain> {
    can_be_a_companys(address.domain().clone()).ok()
}

/// What somebody has typed as the domain of their company; an `@` before it is forgiven.
///
/// # Errors
/// [`NotACompanys`] with its reason.
pub fn typed_domain(text: &str) -> Result<EmailDomain, NotACompanys> {
    let text = text.trim();
    let domain =
        EmailDomain::from_str(text.strip_prefix('@').unwrap_or(text)).map_err(|_: EmailError| NotACompanys::Form)?;
    can_be_a_companys(domain)
}

fn can_be_a_companys(domain: EmailDomain) -> Result<EmailDomain, NotACompanys> {
    if is_free_mail(&domain) {
        Err(NotACompanys::FreeMail(domain))
    } else if is_public_suffix(&domain) {
        Err(NotACompanys::PublicSuffix(domain))
    } else {
        Ok(domain)
    }
}

impl From<NotACompanys> for Refusal {
    fn from(no: NotACompanys) -> Self {
        match no {
            NotACompanys::Form => Self::new(
                "domain-form",
                "This is not a domain name.",
                "Write what stands behind the @ of your addresses, such as company.com.",
            ),
            NotACompanys::FreeMail(domain) => Self::new(
                "domain-free-mail",
                format!("Anybody can get a mailbox at {domain}, so it makes nobody a colleague."),
                "Add a domain that belongs to your company.",
            ),
            NotACompanys::PublicSuffix(domain) => Self::new(
                "domain-public-suffix",
                format!("Anybody can register a name below {domain}, so it belongs to no company."),
                format!("Write the whole domain, such as company.{domain}."),
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn typed(text: &str) -> Result<String, String> {
        typed_domain(text).map(String::from).map_err(|no| Refusal::from(no).code)
    }

    #[test]
    fn a_domain_that_anybody_can_have_is_no_companys() {
        for text in ["co.uk", "com.au", "CO.UK", "公司.cn", "xn--55qx5d.cn", "b.kobe.jp", "k12.ca.us"] {
            assert_eq!(typed(text), Err("domain-public-suffix".to_owned()), "{text}");
        }
        for text in ["gmail.com", "GMAIL.com", " @hey.com "] {
            assert_eq!(typed(text), Err("domain-free-mail".to_owned()), "{text}");
        }
        for text in
            ["", "@", "acme", "com", "jane@acme.test", "https://acme.test", "acme.test/", "ac me.test", "acme.test."]
        {
            assert_eq!(typed(text), Err("domain-form".to_owned()), "{text}");
        }
    }

    #[test]
    fn everything_else_may_be_a_companys() {
        for (text, domain) in [
            ("acme.test", "acme.test"),
            (" @ACME.test ", "acme.test"),
            ("bücher.example", "xn--bcher-kva.example"),
            ("acme.co.uk", "acme.co.uk"),
            ("city.kobe.jp", "city.kobe.jp"),
            ("github.io", "github.io"),
        ] {
            assert_eq!(typed(text).as_deref(), Ok(domain));
        }
        let of = |text: &str| company_domain(&text.parse().expect("an address")).map(String::from);
        assert_eq!(of("registrar@co.uk"), None);
        assert_eq!(of("owner@acme.co.uk").as_deref(), Some("acme.co.uk"));
    }
}
