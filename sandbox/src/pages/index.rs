//! What the sandbox is and what happened in it lately.

use crate::engine::Engine;

use super::{escape, layout};

pub fn render(engine: &Engine) -> String {
    let rows: Vec<String> = engine
        .state
        .events
        .iter()
        .rev()
        .take(25)
        .map(|event| {
            let about = event.object.get("id").and_then(|id| id.as_str()).unwrap_or_default();
            format!(
                r#"<tr><th scope="row">{}<span class="soft">{}</span></th></tr>"#,
                escape(&event.kind),
                escape(about)
            )
        })
        .collect();
    let events = if rows.is_empty() {
        "<p class=\"soft\">Nothing has happened yet.</p>".to_owned()
    } else {
        format!(
            r#"<table class="lines"><caption class="hidden">Latest events</caption>
<thead class="hidden"><tr><th scope="col">Event and object</th></tr></thead><tbody>{rows}</tbody></table>"#,
            rows = rows.concat(),
        )
    };
    let main = format!(
        r#"<section class="card narrow">
<h1>Stripe sandbox</h1>
<p>This stands in for Stripe. Any secret key that begins with <code>sk_test_</code> opens its API at <code>{base}</code>; payment pages open from the application.</p>
<p><a class="button" href="/_sandbox">Console: time, events, chaos</a></p>
<h2>Latest events</h2>
{events}
</section>"#,
        base = escape(engine.base),
    );
    layout("Stripe sandbox", &main)
}
