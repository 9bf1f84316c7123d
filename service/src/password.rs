//! Passwords: hashed with argon2id on a bounded pool, so that signing in can neither fill the memory nor stop the
//! other requests.

use std::sync::Arc;

use anyhow::anyhow;
use argon2::{Algorithm, Argon2, Params, PasswordHash, PasswordHasher, PasswordVerifier, Version};
use tokio::sync::Semaphore;

use crate::{Error, PasswordCost};

/// How many hash at once: as many as there are cores, and no more than this. Each takes 19 MiB while it runs.
const MOST_AT_ONCE: usize = 4;
/// How many may wait for their turn. Beyond it the answer is [`Error::Busy`].
const MOST_WAITING: usize = 64;

/// The pool.
pub(crate) struct Passwords {
    hasher: Argon2<'static>,
    running: Arc<Semaphore>,
    admitted: Arc<Semaphore>,
    /// A hash of nothing anybody knows, with the same cost: what is checked when there is no account.
    nobody: String,
}

impl Passwords {
    pub(crate) fn new(cost: PasswordCost) -> Self {
        let params = match cost {
            // OWASP Password Storage Cheat Sheet, "Argon2id": m=19456 (19 MiB), t=2, p=1 — also the crate's defaults,
            // written out here so that they do not change under us.
            // https://cheatsheetseries.owasp.org/cheatsheets/Password_Storage_Cheat_Sheet.html
            PasswordCost::Real => Params::new(19_456, 2, 1, Some(32)),
            PasswordCost::TestOnly => Params::new(Params::MIN_M_COST, 1, 1, Some(32)),
        }
        .unwrap_or_default();
        let shown = format!("m={},t={},p={}", params.m_cost(), params.t_cost(), params.p_cost());
        let at_once = std::thread::available_parallelism().map_or(1, std::num::NonZero::get).min(MOST_AT_ONCE);
        Self {
            hasher: Argon2::new(Algorithm::Argon2id, Version::V0x13, params),
            running: Arc::new(Semaphore::new(at_once)),
            admitted: Arc::new(Semaphore::new(at_once + MOST_WAITING)),
            // Any salt and any output make a hash that costs the same to check and that no password is known for.
            nobody: format!("$argon2id$v=19${shown}${}${}", "A".repeat(22), "A".repeat(43)),
        }
    }

    /// The hash of a new password, with its salt and parameters in it.
    pub(crate) async fn hash(&self, password: String, salt: [u8; 16]) -> Result<String, Error> {
        let hasher = self.hasher.clone();
        self.run(move || hasher.hash_password_with_salt(password.as_bytes(), &salt).map(|hash| hash.to_string()))
            .await?
            .map_err(|error| Error::Broken(anyhow!("a password could not be hashed: {error}")))
    }

    /// Whether this is the password. Without a hash the same work is done, and the answer is no.
    pub(crate) async fn matches(&self, password: String, stored: Option<String>) -> Result<bool, Error> {
        let known = stored.is_some();
        let stored = stored.unwrap_or_else(|| self.nobody.clone());
        let hasher = self.hasher.clone();
        let verdict = self
            .run(move || {
                let hash = PasswordHash::new(&stored)?;
                PasswordVerifier::<PasswordHash>::verify_password(&hasher, password.as_bytes(), &hash)
            })
            .await?;
        match verdict {
            Ok(()) => Ok(known),
            Err(argon2::password_hash::Error::PasswordInvalid) => Ok(false),
            Err(error) => Err(Error::Broken(anyhow!("a stored password hash could not be checked: {error}"))),
        }
    }

    async fn run<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Result<T, Error> {
        let Ok(admitted) = Arc::clone(&self.admitted).try_acquire_owned() else { return Err(Error::Busy) };
        let running = Arc::clone(&self.running)
            .acquire_owned()
            .await
            .map_err(|error| Error::Broken(anyhow::Error::new(error)))?;
        // The permits travel with the work: a caller who goes away does not make room for one more.
        tokio::task::spawn_blocking(move || {
            let answer = work();
            drop((running, admitted));
            answer
        })
        .await
        .map_err(|error| Error::Broken(anyhow::Error::new(error)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_password_opens_what_it_closed_and_nothing_else_does() {
        let passwords = Passwords::new(PasswordCost::TestOnly);
        let hash = passwords.hash("correct horse".to_owned(), [7; 16]).await.unwrap();
        assert!(passwords.matches("correct horse".to_owned(), Some(hash.clone())).await.unwrap());
        assert!(!passwords.matches("correct horsf".to_owned(), Some(hash)).await.unwrap());
    }

    #[tokio::test]
    async fn nobody_has_the_password_of_no_account() {
        for cost in [PasswordCost::TestOnly, PasswordCost::Real] {
            let passwords = Passwords::new(cost);
            assert!(!passwords.matches(String::new(), None).await.unwrap());
        }
    }

    #[tokio::test]
    async fn real_passwords_cost_what_owasp_asks_for_and_so_does_an_unknown_address() {
        let passwords = Passwords::new(PasswordCost::Real);
        let hash = passwords.hash("correct horse".to_owned(), [7; 16]).await.unwrap();
        assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{hash}");
        assert!(passwords.nobody.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{}", passwords.nobody);
    }

    #[tokio::test]
    async fn a_crowd_is_told_to_come_back() {
        let passwords = Passwords::new(PasswordCost::TestOnly);
        let all = u32::try_from(passwords.admitted.available_permits()).unwrap();
        let _everybody = Arc::clone(&passwords.admitted).acquire_many_owned(all).await.unwrap();
        assert!(matches!(passwords.matches("x".to_owned(), None).await, Err(Error::Busy)));
    }
}
