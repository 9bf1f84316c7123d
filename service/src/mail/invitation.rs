//! The letter that invites somebody to a seat.

use domain::{EmailAddress, Role, Timestamp};
use store::Mail;

use super::letter::Letter;

/// What the letter tells.
pub(crate) struct InvitationLetter<'a> {
    pub(crate) to: &'a EmailAddress,
    pub(crate) organization: &'a str,
    pub(crate) invited_by: &'a EmailAddress,
    pub(crate) role: Role,
    /// The whole link, with the token in it.
    pub(crate) link: &'a str,
    pub(crate) expires_at: Timestamp,
}

/// Writes it.
pub(crate) fn invitation(letter: &InvitationLetter<'_>) -> Mail {
    let InvitationLetter { to, organization, invited_by, role, link, expires_at } = letter;
    let subject = format!("Join {organization}");
    let who = format!("{invited_by} invites you to join {organization} as {}.", role.label().to_lowercase());
    let until =
        format!("A seat is kept for you until {}. The link works once, and only for {to}.", expires_at.date_time());
    let small = "If you did not expect this letter, leave it unanswered. The seat is then given back.";
    Letter { to, subject: &subject, say: &[&who, &until], button: (&subject, link), small }.write()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_company_cannot_write_html_into_the_letter() {
        let to: EmailAddress = "second@acme.test".parse().unwrap();
        let by: EmailAddress = "o'wner&co@acme.test".parse().unwrap();
        let mail = invitation(&InvitationLetter {
            to: &to,
            organization: "<b>Acme</b> \"&\" Co",
            invited_by: &by,
            role: Role::Member,
            link: "https://usher.test/invitations/abc",
            expires_at: Timestamp::from_secs(1_795_000_000),
        });
        assert!(!mail.html.contains("<b>"), "{}", mail.html);
        assert!(mail.html.contains("&lt;b&gt;Acme&lt;/b&gt; &quot;&amp;&quot; Co"));
        assert!(mail.html.contains("o&#39;wner&amp;co@acme.test"));
        assert!(mail.text.contains("<b>Acme</b>"), "plain text is plain");
        assert_eq!(mail.text.matches("https://usher.test/invitations/abc").count(), 1);
    }
}
