//! Signs webhooks as Stripe does.

use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::{Digest as _, Sha256};

/// `t=…,v1=…` for these bytes at this second; one `v1` for each secret.
pub fn header(secrets: &[&str], body: &[u8], at: i64) -> String {
    let mut header = format!("t={at}");
    for secret in secrets {
        // HMAC takes keys of any length.
        let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(secret.as_bytes()) else { continue };
        mac.update(at.to_string().as_bytes());
        mac.update(b".");
        mac.update(body);
        header.push_str(",v1=");
        header.push_str(&data_encoding::HEXLOWER.encode(&mac.finalize().into_bytes()));
    }
    header
}

/// A short name for a request's content.
pub fn digest(parts: &[&[u8]]) -> String {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update(part);
        hash.update([0]);
    }
    data_encoding::HEXLOWER.encode(&hash.finalize())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_header_is_what_another_implementation_makes() {
        // HMAC-SHA256 of `1700000000.{"a":1}` with the whole secret as the key, worked out by another implementation.
        assert_eq!(
            header(&["whsec_test"], br#"{"a":1}"#, 1_700_000_000),
            "t=1700000000,v1=38877139021993b830af32feea6e18a8da83eb2f6e49ee50bd9e4cf4ca4d3789"
        );
    }
}
