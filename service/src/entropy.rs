//! Chance comes in here and nowhere else.

/// Where chance comes from. Tokens are made of it, so it must not be guessable outside of tests.
pub trait Entropy: Send + Sync {
    /// Fills `bytes`.
    fn fill(&self, bytes: &mut [u8]);
}

/// The chance of the operating system.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemEntropy;

impl Entropy for SystemEntropy {
    /// # Panics
    /// If the operating system has none: no token may be made then.
    #[expect(clippy::disallowed_methods, reason = "this is the front door that the rule speaks of")]
    #[expect(clippy::expect_used, reason = "going on without chance would make guessable tokens")]
    fn fill(&self, bytes: &mut [u8]) {
        getrandom::fill(bytes).expect("the operating system gives chance");
    }
}
