//! Domains where anybody can get a mailbox. Whoever sits there has no colleagues by virtue of the domain.

use crate::EmailDomain;

/// A header of `#` lines, then one domain a line, sorted by bytes.
const LIST: &str = include_str!("../../data/free-mail-domains.txt");

/// Mail providers that the list does not know; sorted.
const MORE: &[&str] = &[
    "addy.io",
    "aleeas.com",
    "bellatlantic.net",
    "btopenworld.com",
    "disroot.org",
    "hey.com",
    "keemail.me",
    "mailbox.org",
    "netscape.com",
    "optimum.net",
    "passmail.net",
    "pobox.com",
    "poste.it",
    "riseup.net",
    "simplelogin.com",
    "slmail.me",
    "sympatico.ca",
    "talktalk.co.uk",
    "talktalk.net",
    "telus.net",
    "tin.it",
    "tuta.com",
    "tutamail.com",
    "tutanota.com",
];

/// Whether anybody can get a mailbox at `domain`. Compared whole: a subdomain of such a domain is another domain.
#[must_use]
pub fn is_free_mail(domain: &EmailDomain) -> bool {
    MORE.binary_search(&domain.as_str()).is_ok() || listed(LIST, domain.as_str())
}

/// Binary search in the text itself, so that nothing is built or kept for it. `#` sorts before every domain.
fn listed(list: &str, domain: &str) -> bool {
    let mut left = list;
    while !left.is_empty() {
        // The line around the middle.
        let middle = left.len() / 2;
        let start = left.as_bytes()[..middle].iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1);
        let end = left.as_bytes()[middle..].iter().position(|byte| *byte == b'\n').map_or(left.len(), |at| middle + at);
        let line = &left[start..end];
        match line.cmp(domain) {
            std::cmp::Ordering::Equal => return true,
            std::cmp::Ordering::Less => left = left.get(end + 1..).unwrap_or(""),
            std::cmp::Ordering::Greater => left = &left[..start],
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::EmailAddress;
    use crate::email::company_domain;

    fn domains() -> impl Iterator<Item = &'static str> {
        LIST.lines().filter(|line| !line.starts_with('#'))
    }

    #[test]
    fn the_lists_are_sorted_and_hold_domains_in_their_canonical_form() {
        let all: Vec<_> = LIST.lines().collect();
        assert!(all.windows(2).all(|pair| pair[0] < pair[1] || pair[1].starts_with('#')));
        assert!(MORE.is_sorted());
        for domain in domains().chain(MORE.iter().copied()) {
            assert_eq!(domain.parse::<EmailDomain>().map(String::from).as_deref(), Ok(domain));
        }
        assert!(LIST.is_ascii() && LIST.ends_with('\n') && domains().count() > 10_000);
    }

    #[test]
    fn every_domain_of_the_list_is_found() {
        assert!(domains().all(|domain| listed(LIST, domain)));
    }

    #[test]
    fn nothing_else_is_found() {
        let known: std::collections::BTreeSet<_> = domains().collect();
        for domain in domains() {
            for other in [
                format!("a{domain}"),
                format!("{domain}a"),
                domain[1..].to_owned(),
                domain[..domain.len() - 1].to_owned(),
            ] {
                assert_eq!(listed(LIST, &other), known.contains(other.as_str()), "{other}");
            }
        }
        for other in ["", "a", "zzzzzzzz.zz", "~", "com"] {
            assert!(!listed(LIST, other) && !listed("", other), "{other}");
        }
    }

    #[test]
    fn nothing_of_ours_is_listed_twice() {
        assert!(MORE.iter().all(|domain| !listed(LIST, domain)));
    }

    #[test]
    fn a_free_mailbox_has_no_company_domain() {
        for free in ["gmail.com", "GMail.com", "outlook.com", "yahoo.co.jp", "proton.me", "web.de", "qq.com", "hey.com"]
        {
            let address: EmailAddress = format!("somebody@{free}").parse().expect("an address");
            assert_eq!(company_domain(&address), None, "{free}");
        }
        let owner: EmailAddress = "owner@ACME.test".parse().expect("an address");
        assert_eq!(company_domain(&owner).as_ref().map(EmailDomain::as_str), Some("acme.test"));
        let near: EmailAddress = "owner@gmail.com.acme.test".parse().expect("an address");
        assert!(company_domain(&near).is_some(), "only whole domains count");
    }
}
