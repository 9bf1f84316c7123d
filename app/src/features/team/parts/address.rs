//! What is wrong with an address while it is being typed.

use domain::email::{DomainRule, admits};
use domain::{EmailAddress, Interval, Money, Refusal};

/// What is wrong with an address that is being typed; the same rule as on the server. While it is unfinished, only
/// what cannot become right any more is said.
#[must_use]
pub fn wrong(typed: &str, left: bool, rules: Option<&[DomainRule]>) -> Option<Refusal> {
    if typed.trim().is_empty() {
        return None;
    }
    let address: EmailAddress = match typed.parse() {
        Ok(address) => address,
        Err(no) => return left.then(|| Refusal::from(no)),
    };
    let no = admits(&address, rules?).err()?;
    let may_become = no.ours.iter().any(|rule| rule.subdomains || rule.domain.as_str().starts_with(no.theirs.as_str()));
    (left || !may_become).then(|| Refusal::from(no))
}

/// Whom one may invite, and what a seat costs.
#[must_use]
pub fn terms(rules: Option<&[DomainRule]>, per_seat: Option<(Money, Interval)>) -> String {
    let cost =
        per_seat.map(|(money, interval)| format!("A seat costs {money} a {interval}, from when it is accepted."));
    match rules {
        Some(rules) if !rules.is_empty() => {
            let names: Vec<String> = rules
                .iter()
                .map(|rule| {
                    let below =
                        if rule.subdomains { format!(" or in a subdomain of {}", rule.domain) } else { String::new() };
                    format!("@{}{below}", rule.domain)
                })
                .collect();
            format!("Addresses that end in {}. {}", names.join(" or "), cost.unwrap_or_default()).trim_end().to_owned()
        }
        _ => cost.unwrap_or_else(|| "The invitation is good for seven days and holds a seat until then.".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::{DomainRule, wrong};

    #[test]
    fn an_address_is_judged_when_it_cannot_become_right() {
        let ours = [DomainRule { domain: "acme.test".parse().unwrap(), subdomains: false }];
        let says = |typed, left| wrong(typed, left, Some(&ours)).map(|refusal| refusal.code);
        assert_eq!(says("", true), None);
        assert_eq!(says("second", false), None, "still typing");
        assert_eq!(says("second@acme.te", false), None, "still typing");
        assert_eq!(says("second@acme.te", true).as_deref(), Some("other-domain"));
        assert_eq!(says("someone@other.test", false).as_deref(), Some("other-domain"));
        assert_eq!(says("owner@acme.test.evil.example", false).as_deref(), Some("other-domain"));
        assert_eq!(says("Second@ACME.test", true), None);
        assert_eq!(says("nobody", true).as_deref(), Some("email-form"));
        let open = [DomainRule { subdomains: true, ..ours[0].clone() }];
        assert_eq!(wrong("second@eu.west", false, Some(&open)), None, "may become eu.west.acme.test");
        assert_eq!(wrong("anyone@else.test", true, None), None, "the plan takes everybody");
    }
}
