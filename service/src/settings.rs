//! What the operator has set, as far as use cases care.

use std::time::Duration;

use payments::signature::WebhookSecret;

use crate::Limits;

/// What the operator has set.
#[derive(Clone)]
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of its own; none excludes another")]
pub struct Settings {
    /// Where people reach Usher, such as `https://usher.example.com`; no slash at the end.
    pub public_url: String,
    /// Not production: there is a mailbox page, and no mail need leave the house.
    pub development: bool,
    /// The session cookie is for https only.
    pub secure_cookies: bool,
    /// Letters leave the house; otherwise they wait in the development mailbox.
    pub mail_is_sent: bool,
    /// Any of these may have signed a webhook: two while one is being replaced.
    pub webhook_secrets: Vec<WebhookSecret>,
    /// Real money: webhooks of the other mode are refused.
    pub livemode: bool,
    /// Where payment pages live, for the form-action of the content security policy.
    pub checkout_origins: Vec<String>,
    /// Each organization also has a host of its own, `{slug}.` before the public one.
    pub tenant_hosts: bool,
    /// How long a change of the billed seats waits for others to become one with it.
    pub seat_debounce: Duration,
    /// How long a late payment stops nothing but growth, should the provider not give up before.
    pub grace: Duration,
    /// How often somebody may try.
    pub limits: Limits,
    /// How hard passwords are hashed.
    pub password_cost: PasswordCost,
}

/// How hard passwords are hashed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PasswordCost {
    /// As hard as it must be.
    Real,
    /// As little as the algorithm takes, so that tests are fast. Never for accounts of people.
    TestOnly,
}
