//! From the configuration to the use cases' services.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use domain::Timestamp;
use payments::stripe::{Stripe, StripeConfig};
use payments::{SecretKey, WebhookSecret};
use sandbox::{Sandbox, SandboxConfig};
use service::{
    Clock, DevMailbox, Entropy, Limits, Mailer, NameServers, NoAnswer, PasswordCost, Services, ServicesConfig,
    Settings, SmtpMailer, SystemClock, SystemEntropy, TxtLookup,
};
use store::Store;
use url::Url;

use crate::config::{Config, StripeAccess};

/// How long one call to Stripe may take in all; well inside of what a request may take.
const PATIENCE: Duration = Duration::from_secs(20);

/// What the sandbox remembers between two starts.
const SANDBOX_STATE: &str = "var/sandbox.json";

/// Whom to ask for money matters, and whose webhooks to believe.
pub struct Payments {
    access: Access,
    /// The sandbox, when it runs in this process.
    pub sandbox: Option<Sandbox>,
}

struct Access {
    key: SecretKey,
    api_base: String,
    webhook_secrets: Vec<WebhookSecret>,
    livemode: bool,
}

impl Payments {
    /// Stripe, if there is a key; otherwise a sandbox, started here, that tells `web` of what happens.
    pub async fn start(config: &Config, web: SocketAddr) -> anyhow::Result<Self> {
        if let Some(stripe) = &config.stripe {
            return Ok(Self { access: real(stripe), sandbox: None });
        }
        let state = PathBuf::from(SANDBOX_STATE);
        if let Some(folder) = state.parent() {
            std::fs::create_dir_all(folder)
                .with_context(|| format!("the folder {} cannot be made", folder.display()))?;
        }
        let webhook_url = Some(format!("http://{}/webhooks/stripe", reachable(web)));
        let addr = config.sandbox_addr;
        let clock = SystemClock::ahead(config.clock_ahead);
        let clock = sandbox::Clock::new(move || clock.now().micros().div_euclid(1_000_000));
        let sandbox = Sandbox::start(SandboxConfig {
            addr,
            state: Some(state),
            webhook_url,
            fast: false,
            clock,
            record: sandbox::record_folder(),
        })
        .await
        .with_context(|| {
            format!("the sandbox does not start on {addr}; free that address or set USHER_SANDBOX_ADDR")
        })?;
        let access = Access {
            key: sandbox_key(),
            api_base: sandbox.api_base(),
            webhook_secrets: vec![WebhookSecret::new(sandbox.webhook_secret())],
            livemode: false,
        };
        Ok(Self { access, sandbox: Some(sandbox) })
    }

    /// Stripe, or a sandbox that another process runs. Webhooks are that process's business.
    #[must_use]
    pub fn elsewhere(config: &Config) -> Self {
        let access = config.stripe.as_ref().map_or_else(
            || Access {
                key: sandbox_key(),
                api_base: format!("http://{}/", reachable(config.sandbox_addr)),
                webhook_secrets: Vec::new(),
                livemode: false,
            },
            real,
        );
        Self { access, sandbox: None }
    }
}

fn real(stripe: &StripeAccess) -> Access {
    Access {
        key: SecretKey::new(stripe.secret_key.expose()),
        api_base: stripe.api_base.clone(),
        webhook_secrets: stripe.webhook_secrets.iter().map(|secret| WebhookSecret::new(secret.expose())).collect(),
        livemode: stripe.livemode,
    }
}

/// The sandbox takes any test key.
fn sandbox_key() -> SecretKey {
    SecretKey::new("sk_test_sandbox")
}

/// The address by which this very machine reaches a listener: "everywhere" is not a place to go to.
#[must_use]
pub fn reachable(addr: SocketAddr) -> SocketAddr {
    match addr {
        SocketAddr::V4(v4) if v4.ip().is_unspecified() => SocketAddr::from(([127, 0, 0, 1], v4.port())),
        SocketAddr::V6(v6) if v6.ip().is_unspecified() => SocketAddr::from((std::net::Ipv6Addr::LOCALHOST, v6.port())),
        addr => addr,
    }
}

/// How browsers call this place when it listens on `web`.
#[must_use]
pub fn public_url(config: &Config, web: SocketAddr) -> String {
    config.public_url.clone().unwrap_or_else(|| format!("http://{}", reachable(web)))
}

/// Connects to the database.
pub async fn store(config: &Config) -> anyhow::Result<Store> {
    let store = Store::connect(config.database_url.expose()).await.context(
        "USHER_DATABASE_URL: the database cannot be opened; look whether it runs and whether this user may use it",
    )?;
    Ok(store.rolled_out(config.rollout))
}

/// Everything that use cases are given.
pub fn services(config: &Config, store: Store, payments: &Payments, web: SocketAddr) -> anyhow::Result<Services> {
    let Access { key, api_base, webhook_secrets, livemode } = &payments.access;
    let public_url = public_url(config, web);
    let clock: Arc<dyn Clock> = Arc::new(SystemClock::ahead(config.clock_ahead));
    let entropy: Arc<dyn Entropy> = Arc::new(SystemEntropy);
    let stripe = StripeConfig { secret_key: key.clone(), api_base: api_base.clone(), timeout: PATIENCE };
    let mailer: Arc<dyn Mailer> = match &config.smtp_url {
        Some(url) => Arc::new(
            SmtpMailer::new(url.expose(), &sender(config, &public_url), config.smtp_ca.as_deref())
                .context("USHER_SMTP_URL, USHER_SMTP_CA or USHER_MAIL_FROM does not fit")?,
        ),
        None => Arc::new(DevMailbox::new(store.clone(), clock.clone(), entropy.clone())),
    };
    let billing_clock: Arc<dyn Clock> = match &payments.sandbox {
        Some(sandbox) => Arc::new(BillingClock { clock: clock.clone(), sandbox: sandbox.control() }),
        None => clock.clone(),
    };
    Ok(Services::new(ServicesConfig {
        store,
        payments: Arc::new(Stripe::new(stripe).context("STRIPE_SECRET_KEY or STRIPE_API_BASE does not fit")?),
        catalog: Arc::new(config.catalog.clone()),
        clock,
        billing_clock,
        entropy,
        mailer,
        dns: dns(config)?,
        settings: Settings {
            development: config.development(),
            secure_cookies: public_url.starts_with("https://"),
            mail_is_sent: config.smtp_url.is_some(),
            webhook_secrets: webhook_secrets.clone(),
            livemode: *livemode,
            checkout_origins: checkout_origins(api_base),
            tenant_hosts: config.tenant_hosts,
            seat_debounce: config.seat_debounce,
            limits: if config.development() { Limits::DEVELOPMENT } else { Limits::REAL },
            grace: config.grace,
            password_cost: PasswordCost::Real,
            public_url,
        },
    }))
}

/// The clock, as far ahead as the time machine of the sandbox in this process is.
struct BillingClock {
    clock: Arc<dyn Clock>,
    sandbox: sandbox::Control,
}

impl Clock for BillingClock {
    fn now(&self) -> Timestamp {
        self.clock.now().plus(Duration::from_secs(self.sandbox.ahead().unsigned_abs()))
    }
}

/// Who is asked what stands at a domain. A machine that knows no name servers can do everything else.
fn dns(config: &Config) -> anyhow::Result<Arc<dyn TxtLookup>> {
    if let Some(server) = config.dns {
        return Ok(Arc::new(NameServers::at(server).context("USHER_DNS does not fit")?));
    }
    Ok(match NameServers::of_this_machine() {
        Ok(servers) => Arc::new(servers),
        Err(error) => {
            tracing::warn!(error = format!("{error:#}"), "domains cannot be verified; set USHER_DNS to a name server");
            Arc::new(NoAnswer("this machine knows no name servers".to_owned()))
        }
    })
}

/// Where payment pages live, and the page for customers: at Stripe on hosts of their own, at a sandbox beside its API.
fn checkout_origins(api_base: &str) -> Vec<String> {
    match Url::parse(api_base) {
        Ok(url) if url.host_str() != Some("api.stripe.com") => vec![url.origin().ascii_serialization()],
        _ => vec!["https://checkout.stripe.com".to_owned(), "https://billing.stripe.com".to_owned()],
    }
}

/// Who letters come from.
fn sender(config: &Config, public_url: &str) -> String {
    let host = Url::parse(public_url).ok().and_then(|url| url.host_str().map(str::to_owned)).unwrap_or_default();
    config.mail_from.clone().unwrap_or_else(|| format!("Usher <usher@{host}>"))
}
