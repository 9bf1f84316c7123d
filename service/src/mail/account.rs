//! Letters about accounts.

use domain::{EmailAddress, Timestamp};
use store::Mail;
use url::form_urlencoded::byte_serialize;

use super::letter::Letter;
use crate::Services;

const NOT_YOU: &str = "If it was not you, leave this letter unanswered. Nothing happens then.";

/// What every letter is made of: a button leads to `path`.
fn write(s: &Services, to: &EmailAddress, subject: &str, say: &[&str], button: (&str, &str), small: &str) -> Mail {
    let (label, path) = button;
    let link = format!("{}{path}", s.settings().public_url);
    Letter { to, subject, say, button: (label, &link), small }.write()
}

/// To an address without an account, with which somebody wants one.
pub(crate) fn confirmation(s: &Services, to: &EmailAddress, token: &str, until: Timestamp) -> Mail {
    let asked =
        format!("Somebody, probably you, wants an account for {to}. Show that the address is yours, and it is there.");
    let until = format!("The link works until {}.", until.date_time());
    let button = ("Confirm this address", &*format!("/confirm/{token}"));
    write(s, to, "Confirm your address", &[&asked, &until], button, NOT_YOU)
}

/// To an address with an account, with which somebody wants one.
pub(crate) fn account_exists(s: &Services, to: &EmailAddress, next: Option<&str>) -> Mail {
    let has =
        format!("Somebody, probably you, wanted to create an account for {to}. It has one already: sign in with it.");
    let forgot = format!("If you have forgotten the password, set a new one: {}/forgot", s.settings().public_url);
    let next =
        next.map_or_else(String::new, |next| format!("?next={}", byte_serialize(next.as_bytes()).collect::<String>()));
    let button = ("Sign in", &*format!("/login{next}"));
    write(s, to, "You have an account already", &[&has, &forgot], button, NOT_YOU)
}

/// To an address with an account whose password somebody has forgotten.
pub(crate) fn reset(s: &Services, to: &EmailAddress, token: &str, until: Timestamp) -> Mail {
    let asked =
        format!("Somebody, probably you, has forgotten the password of {to}. With this link you choose a new one.");
    let until = format!("The link works once, until {}.", until.date_time());
    let button = ("Choose a new password", &*format!("/reset/{token}"));
    write(s, to, "Choose a new password", &[&asked, &until], button, NOT_YOU)
}

/// The password is another one now.
pub(crate) fn password_changed(s: &Services, to: &EmailAddress) -> Mail {
    let changed = format!("The password of {to} was changed, and all other browsers were signed out.");
    let small =
        "If it was you, there is nothing to do. If not, set a new password now: your mailbox is enough for that.";
    write(s, to, "Your password was changed", &[&changed], ("Set a new password", "/forgot"), small)
}

/// To the address now: somebody wants another one.
pub(crate) fn address_leaving(
    s: &Services,
    to: &EmailAddress,
    new: &EmailAddress,
    token: &str,
    until: Timestamp,
) -> Mail {
    let asked = format!("Somebody, probably you, wants to change the address of your account from {to} to {new}.");
    let until = format!("It happens once both addresses have said yes, until {}.", until.date_time());
    let small = "If it was not you, do not say yes, and change your password: somebody has signed in as you.";
    let button = ("Say yes", &*format!("/address/{token}"));
    write(s, to, "Change your address?", &[&asked, &until], button, small)
}

/// To the address wanted, which has no account.
pub(crate) fn address_coming(
    s: &Services,
    to: &EmailAddress,
    old: &EmailAddress,
    token: &str,
    until: Timestamp,
) -> Mail {
    let asked = format!("Somebody, probably you, wants {to} to be the address of their account, which is {old} now.");
    let until = format!("It happens once both addresses have said yes, until {}.", until.date_time());
    let button = ("Say yes", &*format!("/address/{token}"));
    write(s, to, "Is this your new address?", &[&asked, &until], button, NOT_YOU)
}

/// To the address wanted, which has an account of its own.
pub(crate) fn address_taken(s: &Services, to: &EmailAddress) -> Mail {
    let asked =
        format!("Somebody, probably you, wanted {to} to be the address of another account. It has an account already.");
    let then = "An address has one account. To move it, first change the address of this one, or delete it.";
    write(s, to, "This address has an account already", &[&asked, then], ("Sign in", "/login"), NOT_YOU)
}

/// To both addresses, once it has happened.
pub(crate) fn address_changed(s: &Services, to: &EmailAddress, old: &EmailAddress, new: &EmailAddress) -> Mail {
    let changed = format!("The address of your account was changed from {old} to {new}.");
    let then = format!("From now on you sign in with {new}. Your companies and your seats are the same.");
    let small = "If it was not you, answer this letter or write to the people who run this place.";
    write(s, to, "Your address was changed", &[&changed, &then], ("Open your account", "/account"), small)
}

/// The last letter.
pub(crate) fn account_deleted(s: &Services, to: &EmailAddress) -> Mail {
    let gone = format!("The account of {to} was deleted, and its seats are free.");
    let then = "What you have done in companies stays in their history, without your address.";
    let small = "If it was not you, write to the people who run this place.";
    write(s, to, "Your account was deleted", &[&gone, then], ("Create a new account", "/signup"), small)
}
