//! How every letter is written: what it says, one button, small print; as text and as HTML, in one look.

use domain::EmailAddress;
use store::Mail;

use super::html;

/// What a letter is made of. All of it is plain text.
pub(super) struct Letter<'a> {
    pub(super) to: &'a EmailAddress,
    /// What it is about; its heading, too.
    pub(super) subject: &'a str,
    /// Its paragraphs.
    pub(super) say: &'a [&'a str],
    /// What the button is called, and where it leads.
    pub(super) button: (&'a str, &'a str),
    /// Why one gets it, or what to do if it is a mistake.
    pub(super) small: &'a str,
}

impl Letter<'_> {
    /// The link stands in a line of its own, where no mail program breaks it.
    pub(super) fn write(&self) -> Mail {
        let Self { to, subject, say, button: (label, link), small } = self;
        Mail {
            to: to.as_str().to_owned(),
            subject: (*subject).to_owned(),
            text: format!("{}\n\n{label}:\n{link}\n\n{small}\n", say.join("\n\n")),
            html: html::page(subject, say, (label, link), small),
        }
    }
}

#[cfg(test)]
mod tests;
