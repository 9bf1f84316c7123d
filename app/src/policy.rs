//! The content security policy, and where a visitor may be sent.

use service::Settings;

use crate::routes::Page;

/// The content security policy of a page. `page` is `None` for paths that lead nowhere.
#[must_use]
pub fn content_security_policy(page: Option<Page>, nonce: Option<&str>, settings: &Settings) -> String {
    let scripts = match (page, nonce) {
        (Some(page), _) if page.is_static() => "'none'".to_owned(),
        (Some(page), Some(nonce)) if page.hydrates() => format!("'self' 'nonce-{nonce}' 'wasm-unsafe-eval'"),
        (_, Some(nonce)) => format!("'self' 'nonce-{nonce}'"),
        (_, None) => "'self'".to_owned(),
    };
    // Browsers apply form-action to where a form's answer redirects: buying redirects to the payment page, joining to
    // the organization's own host.
    let elsewhere = settings.tenant_origins().into_iter().flat_map(|hosts| [settings.public_url.clone(), hosts]);
    let forms = settings
        .checkout_origins
        .iter()
        .cloned()
        .chain(elsewhere)
        .fold("'self'".to_owned(), |list, origin| format!("{list} {origin}"));
    format!(
        "default-src 'self'; script-src {scripts}; style-src 'self'; img-src 'self' data:; font-src 'self'; \
         connect-src 'self'; form-action {forms}; frame-ancestors 'none'; base-uri 'none'; object-src 'none'"
    )
}

/// Where to go after signing in: a path of ours, or the list of organizations. Anything that a browser could read as
/// another origin (`//host`, `/\host`, control characters) is not a path of ours.
#[must_use]
pub fn local_path(next: &str) -> &str {
    let ours = next.starts_with('/')
        && !next.starts_with("//")
        && next.len() <= 500
        && next.bytes().all(|b| b.is_ascii_graphic() && b != b'\\')
        && Page::of(next.split(['?', '#']).next().unwrap_or(next)).is_some();
    if ours { next } else { Page::Organizations.path() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_local_paths_are_followed() {
        for good in ["/app/acme/billing", "/app/acme/team?x=1", "/invitations/abc", "/app"] {
            assert_eq!(local_path(good), good);
        }
        for bad in [
            "//evil.example",
            "/\\evil.example",
            "https://evil.example",
            "",
            "app",
            "/app\r\nx: y",
            "/nowhere",
            "/%5cevil",
        ] {
            assert_eq!(local_path(bad), "/app", "{bad:?}");
        }
    }
}
