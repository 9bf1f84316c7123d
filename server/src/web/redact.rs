//! Paths as they may be logged.

use std::borrow::Cow;

/// What opens doors: whoever has such an address can join, or be somebody.
const DOORS: [(&str, &str); 5] = [
    ("invitations", "/invitations/{token}"),
    ("confirm", "/confirm/{token}"),
    ("reset", "/reset/{token}"),
    ("address", "/address/{token}"),
    ("billing-contact", "/billing-contact/{token}"),
];

/// The path without what opens doors.
#[must_use]
pub fn path(path: &str) -> Cow<'_, str> {
    // However it is written: doubled slashes and other cases lead nowhere, and are nobody's business either.
    let bare = path.trim_start_matches('/');
    let door = bare
        .split_once('/')
        .filter(|(_, rest)| !rest.is_empty())
        .and_then(|(first, _)| DOORS.iter().find(|(door, _)| first.eq_ignore_ascii_case(door)));
    match door {
        Some((_, shown)) => Cow::Borrowed(*shown),
        _ if path.len() > 200 => Cow::Owned(path.chars().take(200).chain(['…']).collect()),
        _ => Cow::Borrowed(path),
    }
}

#[cfg(test)]
mod tests {
    use super::path;

    #[test]
    fn a_token_is_not_logged() {
        for address in ["/invitations/abc", "//invitations/abc", "/Invitations/abc/def", "/invitations//abc"] {
            assert!(!path(address).contains("abc"), "{address}");
        }
        for &page in app::routes::PAGES.iter().filter(|page| page.path().contains("{token}")) {
            assert_eq!(path(&page.path().replace("{token}", "abc")), page.path());
        }
    }

    #[test]
    fn other_paths_are_logged_as_they_are() {
        assert_eq!(path("/app/acme/billing"), "/app/acme/billing");
        assert_eq!(path("/invitations"), "/invitations");
        assert_eq!(path(&"ü".repeat(300)).chars().count(), 201);
    }
}
