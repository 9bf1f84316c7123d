//! The bank's page, on which a buyer proves to be the owner of the card.

use super::{escape, layout};

/// `what`: what is to be confirmed.
pub fn render(what: &str, attempt: &str) -> String {
    let main = format!(
        r#"<section class="card narrow">
<h1>Is it you?</h1>
<p>The bank of this card asks its owner to confirm {what}. This is the sandbox's 3-D Secure page: decide how it ends.</p>
<form method="post" action="/_3ds/{attempt}" class="row">
<button class="button" name="answer" value="complete">Complete</button>
<button class="button quiet" name="answer" value="fail">Fail</button>
</form>
</section>"#,
        what = escape(what),
        attempt = escape(attempt),
    );
    layout("3-D Secure, sandbox", &main)
}
