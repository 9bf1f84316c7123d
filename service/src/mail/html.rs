//! The HTML of a letter: one look for all of them.
//!
//! Mail programs know no style sheets, so the styles stand at the elements; one small sheet turns the colours where it
//! is dark, for the programs that read it. Nothing is loaded from anywhere, so a letter tells nobody that it was opened,
//! and the seats at its head are cells of a table, because pictures are often not shown. The colours are those of
//! `style/tokens.css`, in the only notation that all mail programs know.

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

const DARK: &str = "@media (prefers-color-scheme:dark){\
    .g{background:#110e11!important}.s{background:#1b171a!important;border-color:#342e33!important}\
    .i{color:#f2edf1!important}.f{color:#a1989f!important}.a{color:#ea9bc7!important}\
    .b{background:#ea9bc7!important;color:#230e1a!important}\
    .t{background:#ea9bc7!important;border-color:#ea9bc7!important}.o{border-color:#ea9bc7!important}}";

/// Three seats from the front: two taken, one free.
const SEATS: &str = "<table role=\"presentation\" aria-hidden=\"true\" cellpadding=\"0\" cellspacing=\"0\"><tr>\
    <td class=\"t\" style=\"width:14px;height:16px;border:2px solid #7e2b60;border-radius:7px 7px 3px 3px;\
    background:#7e2b60;font-size:0\">&nbsp;</td><td style=\"width:5px;font-size:0\">&nbsp;</td>\
    <td class=\"t\" style=\"width:14px;height:16px;border:2px solid #7e2b60;border-radius:7px 7px 3px 3px;\
    background:#7e2b60;font-size:0\">&nbsp;</td><td style=\"width:5px;font-size:0\">&nbsp;</td>\
    <td class=\"o\" style=\"width:14px;height:16px;border:2px solid #7e2b60;border-radius:7px 7px 3px 3px;\
    font-size:0\">&nbsp;</td></tr></table>";

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
        "<!doctype html>\n<html lang=\"en\">\n<head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\
         <meta name=\"color-scheme\" content=\"light dark\"><title>{heading}</title><style>{DARK}</style></head>\n\
         <body class=\"g i\" style=\"margin:0;padding:0;font:16px/1.5 system-ui,-apple-system,'Segoe UI',sans-serif;\
         color:#211a20;background:#fbfaf7\">\n\
         <table role=\"presentation\" width=\"100%\" cellpadding=\"0\" cellspacing=\"0\" class=\"g\" \
         style=\"background:#fbfaf7\"><tr><td align=\"center\" style=\"padding:32px 16px\">\n\
         <table role=\"presentation\" width=\"100%\" cellpadding=\"0\" cellspacing=\"0\" \
         style=\"max-width:520px;text-align:left\">\n<tr><td style=\"padding:0 0 16px\">{SEATS}</td></tr>\n\
         <tr><td class=\"s i\" style=\"padding:32px 28px;border:1px solid #e3e1dd;border-radius:10px;\
         background:#ffffff;color:#211a20\">\n\
         <h1 style=\"font-size:20px;line-height:1.3;margin:0 0 16px\">{heading}</h1>\n{body}\
         <p style=\"margin:24px 0\"><a class=\"b\" href=\"{link}\" style=\"display:inline-block;padding:10px 18px;\
         border-radius:6px;background:#7e2b60;color:#fefafc;font-weight:600;text-decoration:none\">{label}</a></p>\n\
         <p class=\"f\" style=\"margin:0;font-size:13px;color:#6b636a;word-break:break-all\">\
         Or open <a class=\"a\" href=\"{link}\" style=\"color:#7e2b60\">{link}</a></p>\n</td></tr>\n\
         <tr><td class=\"f\" style=\"padding:16px 0 0;font-size:13px;color:#6b636a\">{small}</td></tr>\n\
         </table>\n</td></tr></table>\n</body>\n</html>\n",
        heading = escape(heading),
        link = escape(link),
        label = escape(label),
        small = escape(small),
    )
}
