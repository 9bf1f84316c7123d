//! Where an organization lives: at `/app/{slug}` of the one public host or, where the operator wants it so, also at a
//! host of its own, `{slug}.` before the public one.

use domain::Slug;

use crate::Settings;

/// What a host is to us.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Host {
    /// The public one, or any where organizations have none of their own.
    Public,
    /// An organization's, or nobody's: it says nothing about whether there is such an organization.
    Tenant(Slug),
    /// None of ours.
    Unknown,
}

impl Settings {
    /// What the host of a request (with its port, if it says one) is to us.
    #[must_use]
    pub fn host(&self, host: &str) -> Host {
        if !self.tenant_hosts {
            return Host::Public;
        }
        let (host, public) = (host.to_ascii_lowercase(), self.authority());
        if host == public {
            return Host::Public;
        }
        let label = host.strip_suffix(public).and_then(|rest| rest.strip_suffix('.'));
        label.and_then(|label| label.parse().ok()).map_or(Host::Unknown, Host::Tenant)
    }

    /// The address of an organization's page; `path` begins with `/app/{slug}`. Without hosts of their own a path is
    /// all it takes.
    #[must_use]
    pub fn home(&self, slug: &Slug, path: &str) -> String {
        if self.tenant_hosts {
            format!("{}://{slug}.{}{path}", self.scheme(), self.authority())
        } else {
            path.to_owned()
        }
    }

    /// The address of a page that belongs to no organization.
    #[must_use]
    pub fn at_the_public_host(&self, path: &str) -> String {
        if self.tenant_hosts { format!("{}{path}", self.public_url) } else { path.to_owned() }
    }

    /// The origins of all organizations, as a content security policy writes them.
    #[must_use]
    pub fn tenant_origins(&self) -> Option<String> {
        self.tenant_hosts.then(|| format!("{}://*.{}", self.scheme(), self.authority()))
    }

    /// The domain of cookies that all our hosts share.
    #[must_use]
    pub fn cookie_domain(&self) -> Option<&str> {
        self.tenant_hosts.then(|| self.authority().split(':').next().unwrap_or_default())
    }

    /// `http` or `https`.
    #[must_use]
    pub fn scheme(&self) -> &str {
        self.public_url.split_once("://").map_or("https", |(scheme, _)| scheme)
    }

    /// The public host, with its port if that is not the scheme's own.
    fn authority(&self) -> &str {
        self.public_url.split_once("://").map_or(self.public_url.as_str(), |(_, authority)| authority)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::PasswordCost;

    fn with_hosts() -> Settings {
        Settings {
            public_url: "https://usher.example.com".to_owned(),
            development: false,
            secure_cookies: true,
            mail_is_sent: true,
            webhook_secrets: Vec::new(),
            livemode: false,
            checkout_origins: Vec::new(),
            tenant_hosts: true,
            seat_debounce: std::time::Duration::ZERO,
            limits: crate::Limits::GENEROUS,
            grace: std::time::Duration::from_hours(21 * 24),
            password_cost: PasswordCost::TestOnly,
        }
    }

    fn acme() -> Slug {
        "acme".parse().unwrap()
    }

    #[test]
    fn a_host_is_the_public_one_a_tenants_or_none_of_ours() {
        let settings = with_hosts();
        assert_eq!(settings.host("usher.example.com"), Host::Public);
        assert_eq!(settings.host("Acme.Usher.Example.com"), Host::Tenant(acme()));
        for other in [
            "",
            "example.com",
            "evil.example",
            "acmeusher.example.com",
            ".usher.example.com",
            "a.acme.usher.example.com",
            "acme.usher.example.com.evil.example",
            "acme.usher.example.com:8080",
            "acme.usher.example.com.",
            "www.usher.example.com",
            "127.0.0.1",
        ] {
            assert_eq!(settings.host(other), Host::Unknown, "{other:?}");
        }
    }

    #[test]
    fn a_port_belongs_to_the_host() {
        let settings = Settings { public_url: "http://usher.test:3000".to_owned(), ..with_hosts() };
        assert_eq!(settings.host("acme.usher.test:3000"), Host::Tenant(acme()));
        assert_eq!(settings.host("acme.usher.test"), Host::Unknown);
        assert_eq!(settings.home(&acme(), "/app/acme"), "http://acme.usher.test:3000/app/acme");
        assert_eq!(settings.at_the_public_host("/app"), "http://usher.test:3000/app");
        assert_eq!(settings.cookie_domain(), Some("usher.test"), "cookies know no ports");
    }

    #[test]
    fn without_hosts_of_their_own_every_host_is_the_public_one() {
        let settings = Settings { tenant_hosts: false, ..with_hosts() };
        assert_eq!(settings.host("anything.at.all"), Host::Public);
        assert_eq!(settings.home(&acme(), "/app/acme"), "/app/acme");
        assert_eq!((settings.cookie_domain(), settings.tenant_origins()), (None, None));
    }
}
