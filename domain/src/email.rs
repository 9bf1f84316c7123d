//! E-mail addresses and their domains, parsed once.
//!
//! Two addresses are the same when their folded forms are: domain as lower-case A-labels (IDNA, UTS 46), local part
//! lower case. Plus-tags and dots are kept: they name different mailboxes for identity. Domains are compared whole,
//! label by label, never by suffix, so `acme.test.evil.example` is not `acme.test`, and a look-alike in another
//! script has another A-label.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::Refusal;

#[cfg(feature = "server")]
mod company;
#[cfg(feature = "server")]
mod free_mail;
pub mod proof;

#[cfg(feature = "server")]
pub use company::{NotACompanys, company_domain, is_public_suffix, typed_domain};
#[cfg(feature = "server")]
pub use free_mail::is_free_mail;

/// The longest address, in bytes (RFC 5321, section 4.5.3.1.3, less the angle brackets).
pub const LONGEST: usize = 254;
/// The longest local part, in bytes (RFC 5321, section 4.5.3.1.1).
pub const LONGEST_LOCAL: usize = 64;

/// A domain in its canonical form: lower-case A-labels, at least two of them, no trailing dot.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct EmailDomain(String);

/// An address as it was written, and as it is compared.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct EmailAddress {
    written: String,
    folded: String,
    domain: EmailDomain,
}

/// Why a text is no address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EmailError {
    /// Nothing was written.
    Empty,
    /// More than [`LONGEST`] bytes in all or [`LONGEST_LOCAL`] before the `@`.
    Long,
    /// Not `somebody@somewhere`, or with characters that mail does not take.
    Form,
    /// What stands behind the `@` is no domain name.
    Domain,
}

/// A domain that people may come from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DomainRule {
    /// The domain.
    pub domain: EmailDomain,
    /// Whether people of its subdomains may come too.
    pub subdomains: bool,
}

/// The address is of none of the company's domains.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OtherDomain {
    /// The domain of the address.
    pub theirs: EmailDomain,
    /// The organization's domains, its own first; empty when it has none.
    pub ours: Vec<DomainRule>,
}

impl EmailDomain {
    /// The canonical form.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether it is a subdomain of `other`, at any depth: all labels of `other` behind at least one more.
    #[must_use]
    pub fn is_below(&self, other: &Self) -> bool {
        self.0.strip_suffix(&other.0).is_some_and(|labels| labels.ends_with('.'))
    }
}

impl DomainRule {
    /// Whether people of `theirs` may come by this rule.
    #[must_use]
    pub fn covers(&self, theirs: &EmailDomain) -> bool {
        *theirs == self.domain || (self.subdomains && theirs.is_below(&self.domain))
    }
}

impl EmailAddress {
    /// As it was written, without the spaces around it.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.written
    }

    /// The form in which addresses are compared and kept unique.
    #[must_use]
    pub fn folded(&self) -> &str {
        &self.folded
    }

    /// Its domain.
    #[must_use]
    pub fn domain(&self) -> &EmailDomain {
        &self.domain
    }
}

/// Whether who has this address may have a seat where only people of `rules` may: the one decision behind each door.
///
/// Domains are compared whole, label by label; a subdomain is another domain, unless the company has opted it in.
///
/// # Errors
/// [`OtherDomain`], always so when there are no rules: without a domain nobody is a colleague.
pub fn admits(address: &EmailAddress, rules: &[DomainRule]) -> Result<(), OtherDomain> {
    if rules.iter().any(|rule| rule.covers(address.domain())) {
        return Ok(());
    }
    Err(OtherDomain { theirs: address.domain().clone(), ours: rules.to_vec() })
}

impl FromStr for EmailDomain {
    type Err = EmailError;
    fn from_str(text: &str) -> Result<Self, EmailError> {
        let ascii = idna::domain_to_ascii_strict(text).map_err(|_| EmailError::Domain)?;
        if ascii.len() > 253
            || !ascii.contains('.')
            || ascii.split('.').any(|label| label.is_empty() || label.len() > 63)
        {
            return Err(EmailError::Domain);
        }
        // A name whose last label is a number is an address of a machine, not a domain (URL standard, section 3.5).
        if ascii.rsplit('.').next().is_some_and(|last| last.bytes().all(|b| b.is_ascii_digit())) {
            return Err(EmailError::Domain);
        }
        Ok(Self(ascii))
    }
}

impl FromStr for EmailAddress {
    type Err = EmailError;
    fn from_str(text: &str) -> Result<Self, EmailError> {
        let written = text.trim();
        if written.is_empty() {
            return Err(EmailError::Empty);
        }
        if written.len() > LONGEST {
            return Err(EmailError::Long);
        }
        let (local, domain) = written.rsplit_once('@').ok_or(EmailError::Form)?;
        if local.len() > LONGEST_LOCAL {
            return Err(EmailError::Long);
        }
        // The unquoted form of RFC 5321 ("dot-string"), with letters of any script (RFC 6531). Quoted local parts are
        // legal and not in use; taking them would let spaces and `@` into places that do not expect them.
        let atom = |letter: char| {
            letter.is_ascii_alphanumeric()
                || "!#$%&'*+-/=?^_`{|}~".contains(letter)
                || (!letter.is_ascii() && letter.is_alphanumeric())
        };
        if local.split('.').any(|part| part.is_empty() || !part.chars().all(atom)) {
            return Err(EmailError::Form);
        }
        let domain: EmailDomain = domain.parse()?;
        let folded = format!("{}@{domain}", fold(local));
        // A name of another script grows when it is written in A-labels, and that is how it travels.
        if folded.len() > LONGEST {
            return Err(EmailError::Long);
        }
        Ok(Self { written: written.to_owned(), folded, domain })
    }
}

/// Lower case, but no letter of another script becomes an ASCII one: the Kelvin sign is not a `k`, and whoever has a
/// mailbox with it in the name is somebody else.
fn fold(local: &str) -> String {
    let mut folded = String::with_capacity(local.len());
    for letter in local.chars() {
        if !letter.is_ascii() && letter.to_lowercase().any(|lower| lower.is_ascii()) {
            folded.push(letter);
        } else {
            folded.extend(letter.to_lowercase());
        }
    }
    folded
}

impl PartialEq for EmailAddress {
    fn eq(&self, other: &Self) -> bool {
        self.folded == other.folded
    }
}

impl Eq for EmailAddress {}

impl std::hash::Hash for EmailAddress {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.folded.hash(state);
    }
}

impl fmt::Display for EmailAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.written)
    }
}

impl fmt::Display for EmailDomain {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl TryFrom<String> for EmailDomain {
    type Error = String;
    fn try_from(text: String) -> Result<Self, String> {
        text.parse().map_err(|no: EmailError| Refusal::from(no).what)
    }
}

impl From<EmailDomain> for String {
    fn from(domain: EmailDomain) -> Self {
        domain.0
    }
}

impl TryFrom<String> for EmailAddress {
    type Error = String;
    fn try_from(text: String) -> Result<Self, String> {
        text.parse().map_err(|no: EmailError| Refusal::from(no).what)
    }
}

impl From<EmailAddress> for String {
    fn from(address: EmailAddress) -> Self {
        address.written
    }
}

impl From<EmailError> for Refusal {
    fn from(no: EmailError) -> Self {
        match no {
            EmailError::Empty => {
                Self::new("email-empty", "An e-mail address is missing.", "Write one, such as name@company.com.")
            }
            EmailError::Long => {
                Self::new("email-long", "This e-mail address is too long to be delivered.", "Check it for a slip.")
            }
            EmailError::Form => {
                Self::new("email-form", "This is not an e-mail address.", "Write it as name@company.com.")
            }
            EmailError::Domain => Self::new(
                "email-domain",
                "What stands behind the @ is not a domain name.",
                "Write it as name@company.com.",
            ),
        }
    }
}

impl From<OtherDomain> for Refusal {
    fn from(no: OtherDomain) -> Self {
        if no.ours.is_empty() {
            return Self::new(
                "no-company-domain",
                "Seats of this plan are for people of the company's e-mail domain, and this organization has none: it was \
                 created from a free mailbox.",
                "Let an owner add the company's domain in the settings.",
            );
        }
        let list = |word: &str| {
            let mut names: Vec<_> = no.ours.iter().take(3).map(|rule| format!("{word}{}", rule.domain)).collect();
            if no.ours.len() > names.len() {
                names.push("another of the company's domains".to_owned());
            }
            names.join(" or ")
        };
        // Who writes from a subdomain of ours is told what is missing, not that they are strangers.
        let next = match no.ours.iter().find(|rule| no.theirs.is_below(&rule.domain)) {
            Some(rule) => {
                format!("Use an address that ends in @{}, or let an owner allow its subdomains.", rule.domain)
            }
            None => format!("Use an address that ends in {}.", list("@")),
        };
        Self::new(
            "other-domain",
            format!("{} is not {}: seats of this plan are for people of the same e-mail domain.", no.theirs, list("")),
            next,
        )
    }
}
