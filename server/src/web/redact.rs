//! Paths as they may be logged.

use std::borrow::Cow;

/// The path without what opens doors: whoever has an invitation's address can join.
#[must_use]
pub fn path(path: &str) -> Cow<'_, str> {
    // However it is written: doubled slashes and other cases lead nowhere, and are nobody's business either.
    let bare = path.trim_start_matches('/');
    match bare.split_once('/') {
        Some((first, rest)) if first.eq_ignore_ascii_case("invitations") && !rest.is_empty() => {
            Cow::Borrowed("/invitations/{token}")
        }
        _ if path.len() > 200 => Cow::Owned(path.chars().take(200).chain(['…']).collect()),
        _ => Cow::Borrowed(path),
    }
}

#[cfg(test)]
mod tests {
    use super::path;

    #[test]
    fn an_invitations_token_is_not_logged() {
        for address in ["/invitations/abc", "//invitations/abc", "/Invitations/abc/def", "/invitations//abc"] {
            assert!(!path(address).contains("abc"), "{address}");
        }
    }

    #[test]
    fn other_paths_are_logged_as_they_are() {
        assert_eq!(path("/app/acme/billing"), "/app/acme/billing");
        assert_eq!(path("/invitations"), "/invitations");
        assert_eq!(path(&"ü".repeat(300)).chars().count(), 201);
    }
}
