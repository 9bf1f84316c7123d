//! The plain HTML around a letter. Mail programs know no stylesheets, so its few styles stand at the elements.

/// A text as it stands in HTML, between tags or in a quoted attribute.
pub(super) fn escape(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            other => safe.push(other),
        }
    }
    safe
}

/// A whole letter: a heading, paragraphs, one button, and small print. All are plain text.
pub(super) fn page(heading: &str, paragraphs: &[&str], button: (&str, &str), small: &str) -> String {
    let mut body = String::new();
    for text in paragraphs {
        body.push_str("<p style=\"margin:0 0 16px\">");
        body.push_str(&escape(text));
        body.push_str("</p>\n");
    }
    let (label, link) = button;
    format!(
        "<!doctype html>\n<html lang=\"en\">\n<head><meta charset=\"utf-8\"><title>{heading}</title></head>\n\
         <body style=\"margin:0;padding:32px 16px;font:16px/1.5 system-ui,sans-serif;color:#1c1c1a;background:#fff\">\n\
         <div style=\"max-width:520px;margin:0 auto\">\n<h1 style=\"font-size:20px;margin:0 0 16px\">{heading}</h1>\n{body}\
         <p style=\"margin:0 0 24px\"><a href=\"{link}\" style=\"display:inline-block;padding:10px 18px;border-radius:6px;\
         background:#1c1c1a;color:#fff;text-decoration:none\">{label}</a></p>\n\
         <p style=\"margin:0;font-size:13px;color:#5c5c57\">{small}</p>\n</div>\n</body>\n</html>\n",
        heading = escape(heading),
        link = escape(link),
        label = escape(label),
        small = escape(small),
    )
}
