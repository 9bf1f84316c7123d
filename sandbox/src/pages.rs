//! Pages as plain HTML: no script, every value escaped.

pub mod card_form;
pub mod checkout;
pub mod console;
pub mod index;
pub mod invoice;
pub mod pdf;
pub mod portal;
pub mod three_d_secure;

/// The look of all pages.
pub const STYLE: &str = include_str!("pages/sandbox.css");

/// Text made safe for HTML, in attributes too.
pub fn escape(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            _ => safe.push(letter),
        }
    }
    safe
}

/// A whole page around `main`, which is HTML already.
pub fn layout(title: &str, main: &str) -> String {
    format!(
        r#"<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>{title}</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="/_sandbox.css">
</head>
<body>
<header class="ribbon">Sandbox, no real money</header>
<main>
{main}
</main>
</body>
</html>
"#,
        title = escape(title),
    )
}

/// A page with one thing to say, and perhaps a way on: address and text.
pub fn notice(title: &str, text: &str, way: Option<(&str, &str)>) -> String {
    let way = way.map_or_else(String::new, |(url, words)| {
        format!(r#"<p><a class="button" href="{}">{}</a></p>"#, escape(url), escape(words))
    });
    let main =
        format!(r#"<section class="card narrow"><h1>{}</h1><p>{}</p>{way}</section>"#, escape(title), escape(text));
    layout(title, &main)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_slips_through_as_markup() {
        assert_eq!(escape(r#"<a href="x">'&"#), "&lt;a href=&quot;x&quot;&gt;&#39;&amp;");
        assert!(!notice("<script>", "<b>", Some(("\"><script>", "<i>"))).contains("<script>"));
    }
}
