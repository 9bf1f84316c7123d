//! The two secrets, as types that cannot be printed by accident.

use std::fmt;

macro_rules! secrets {
    ($($(#[$doc:meta])* $name:ident;)+) => {$(
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq)]
        pub struct $name(String);

        impl $name {
            /// Takes it, without the white space that files and shells leave around it.
            #[must_use]
            pub fn new(text: impl AsRef<str>) -> Self {
                Self(text.as_ref().trim().to_owned())
            }

            pub(crate) fn expose(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(concat!(stringify!($name), "(…)"))
            }
        }
    )+};
}

secrets! {
    /// The key with which Stripe is asked: `sk_test_…`, `sk_live_…`, or a restricted one, `rk_…`.
    SecretKey;
    /// The secret with which Stripe signs webhooks: `whsec_…`.
    WebhookSecret;
}

impl SecretKey {
    /// Whether it moves real money.
    #[must_use]
    pub fn is_live(&self) -> bool {
        self.0.starts_with("sk_live_") || self.0.starts_with("rk_live_")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_are_not_printed() {
        assert_eq!(format!("{:?}", SecretKey::new("sk_test_123")), "SecretKey(…)");
        assert_eq!(format!("{:?}", WebhookSecret::new(" whsec_123\n")), "WebhookSecret(…)");
    }

    #[test]
    fn live_keys_are_known_by_their_prefix() {
        assert!(SecretKey::new(" sk_live_1").is_live());
        assert!(SecretKey::new("rk_live_1").is_live());
        assert!(!SecretKey::new("sk_test_sk_live_").is_live());
    }
}
