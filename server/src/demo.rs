//! `usher demo`: a company to try things in.

use anyhow::{Context as _, bail};
use service::{CreateOrganization, Error, Services, SessionToken, SignIn, Visit};

use crate::build::{self, Payments};
use crate::config::Config;
use crate::serve::prepare;

/// The owner's address; `.test` belongs to nobody.
pub const EMAIL: &str = "demo@usher.test";
/// The owner's password. No secret: it exists on developers' machines only.
pub const PASSWORD: &str = "a seat for everyone";
/// The company.
const COMPANY: &str = "Demo";

/// Creates the company and its owner, as far as they are missing, and prints the login.
pub async fn demo(config: &Config) -> anyhow::Result<()> {
    if !config.development() {
        bail!(
            "USHER_ENV: `usher demo` makes an account whose password everybody knows, so production has none. Run it in development."
        );
    }
    let store = build::store(config).await?;
    prepare(config, &store).await?;
    let services = build::services(config, store.clone(), &Payments::elsewhere(config), config.addr)?;
    let slug = create(&services).await?;
    println!("Demo company: {}/app/{slug}", services.settings().public_url);
    println!("  sign in as {EMAIL} with the password {PASSWORD}");
    store.close().await;
    Ok(())
}

/// The company's slug, after making what is missing.
pub async fn create(services: &Services) -> anyhow::Result<String> {
    let token = owner(services).await?;
    let caller =
        service::who(services, token.as_str(), Visit::default()).await?.context("the demo's session is gone")?;
    let mine = service::organizations(services, &caller).await?;
    let slug = if let Some(org) = mine.into_iter().find(|org| org.name == COMPANY) {
        org.slug
    } else {
        let new = CreateOrganization { name: COMPANY.to_owned(), slug: String::new() };
        service::create_organization(services, &caller, new).await?
    };
    service::sign_out(services, token.as_str()).await?;
    Ok(slug.to_string())
}

async fn owner(services: &Services) -> anyhow::Result<SessionToken> {
    // Who runs this vouches for the address: it has no mailbox.
    match service::make_account(services, EMAIL, PASSWORD.to_owned()).await {
        Ok(_) | Err(Error::Refused(_)) => {}
        Err(other) => return Err(anyhow::Error::new(other)),
    }
    let known = SignIn { email: EMAIL.to_owned(), password: PASSWORD.to_owned(), device: None };
    let signed_in = service::sign_in(services, known, Visit::default()).await.map_err(|error| match error {
        Error::SignIn => anyhow::anyhow!(
            "{EMAIL} has an account with another password; sign in with that, or start with an empty database"
        ),
        other => anyhow::Error::new(other),
    })?;
    Ok(signed_in.session)
}
