//! The document around the application.

use http::header::CONTENT_SECURITY_POLICY;
use http::request::Parts;
use http::{HeaderValue, header};
use leptos::nonce::use_nonce;
use leptos::prelude::*;
use leptos_meta::MetaTags;

use crate::app::App;
use crate::guard;
use crate::policy::content_security_policy;
use crate::routes::Page;

/// The document around the application. Only pages that hydrate load the WebAssembly module; the others load a small
/// script that keeps a form from being sent twice, and work without it.
pub fn shell(options: LeptosOptions) -> impl IntoView {
    let page = use_context::<Parts>().and_then(|parts| Page::of(parts.uri.path()));
    let hydrates = page.is_some_and(Page::hydrates);
    let nonce = use_nonce();
    if let (Ok(services), Some(response)) = (guard::services(), use_context::<leptos_axum::ResponseOptions>()) {
        let policy = content_security_policy(page, nonce.as_deref(), services.settings());
        if let Ok(policy) = HeaderValue::from_str(&policy) {
            response.insert_header(CONTENT_SECURITY_POLICY, policy);
        }
        // What is drawn here is about the one who is signed in.
        response.insert_header(header::CACHE_CONTROL, HeaderValue::from_static("private, no-store"));
    }
    view! {
        <!DOCTYPE html>
        <html lang="en">
            <head>
                <meta charset="utf-8"/>
                <meta name="viewport" content="width=device-width, initial-scale=1"/>
                <meta name="color-scheme" content="light dark"/>
                <link rel="preload" href="/fonts/inter-usher.woff2" r#as="font" r#type="font/woff2" crossorigin=""/>
                <link rel="stylesheet" href="/pkg/usher.css"/>
                <link rel="icon" href="/favicon.svg" r#type="image/svg+xml"/>
                <MetaTags/>
                {if hydrates {
                    view! { <HydrationScripts options/> }.into_any()
                } else {
                    view! { <script src="/forms.js" defer=""></script> }.into_any()
                }}
            </head>
            <body>
                <App/>
            </body>
        </html>
    }
}
