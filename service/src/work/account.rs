//! Letters about accounts: what they say is decided here, long after who asked was answered.

use domain::ids::{OutboxId, PasswordResetId, SignUpId};
use domain::{EmailAddress, Timestamp};
use store::{AccountLetter, Decided, LeasedEffect, Mail, NewReset, RepeatSignUp};

use crate::resend_confirmation::MOST;
use crate::{Error, Services, ask_to_join, mail, token};

/// Decides about a letter and puts it into the outbox, with what its link needs, in one transaction.
pub(super) async fn decide(s: &Services, leased: &LeasedEffect, wish: &AccountLetter) -> Result<(), Error> {
    let decided = match wish {
        AccountLetter::SignUp { token } => sign_up(s, token).await?,
        AccountLetter::SignUpAgain { email } => sign_up_again(s, email).await?,
        AccountLetter::Forgot { email } => forgot(s, email).await?,
        AccountLetter::NewAddress { token } => new_address(s, token).await?,
        AccountLetter::AskToJoin { user, note } => {
            ask_to_join::bring(s, *user, note.as_deref()).await?;
            Decided::default()
        }
    };
    if !s.store().system().decide_account_letter(leased.id, leased.attempts, &decided, s.now()).await? {
        tracing::warn!(effect = %leased.id, "a letter took longer than its lease; somebody else has it");
    }
    Ok(())
}

fn letter(s: &Services, mail: Mail) -> Decided {
    Decided { letter: Some((s.id(OutboxId::new), mail)), ..Decided::default() }
}

/// The address gets a link to prove itself; if it has an account, it is told so.
async fn confirmation(
    s: &Services,
    email: &EmailAddress,
    token: &str,
    next: Option<&str>,
    until: Timestamp,
) -> Result<Decided, Error> {
    let known = s.store().system().user_by_email(email).await?.is_some();
    let mail = if known { mail::account_exists(s, email, next) } else { mail::confirmation(s, email, token, until) };
    Ok(letter(s, mail))
}

async fn sign_up(s: &Services, token: &str) -> Result<Decided, Error> {
    let hash = token::hash(token).ok_or(Error::NotFound)?;
    let Some(found) = s.store().system().sign_up(hash).await? else { return Ok(Decided::default()) };
    confirmation(s, &found.email, token, found.next.as_deref(), found.expires_at).await
}

async fn sign_up_again(s: &Services, email: &EmailAddress) -> Result<Decided, Error> {
    let waiting = s.store().system().waiting_sign_up(email, s.now()).await?;
    let Some(waiting) = waiting.filter(|waiting| waiting.sent < MOST) else { return Ok(Decided::default()) };
    let (text, token_hash) = token::fresh(s);
    let expires_at = s.now().plus(crate::sign_up::LASTS);
    let decided = confirmation(s, &waiting.email, &text, waiting.next.as_deref(), expires_at).await?;
    let repeat = RepeatSignUp { of: waiting.id, id: s.id(SignUpId::new), token_hash, expires_at };
    Ok(Decided { repeat: Some(repeat), ..decided })
}

async fn forgot(s: &Services, email: &EmailAddress) -> Result<Decided, Error> {
    let Some(user) = s.store().system().user_by_email(email).await? else { return Ok(Decided::default()) };
    let (text, token_hash) = token::fresh(s);
    let expires_at = s.now().plus(crate::forgot::LASTS);
    let reset = NewReset { id: s.id(PasswordResetId::new), user: user.id, token_hash, expires_at };
    let mail = mail::reset(s, &user.email, &text, expires_at);
    Ok(Decided { reset: Some(reset), ..letter(s, mail) })
}

async fn new_address(s: &Services, token: &str) -> Result<Decided, Error> {
    let hash = token::hash(token).ok_or(Error::NotFound)?;
    let found = s.store().system().address_change(hash).await?;
    let Some(found) = found.filter(|found| found.ended_at.is_none()) else { return Ok(Decided::default()) };
    let taken = s.store().system().user_by_email(&found.new).await?.is_some_and(|other| other.id != found.user);
    Ok(letter(
        s,
        if taken {
            mail::address_taken(s, &found.new)
        } else {
            mail::address_coming(s, &found.new, &found.old, token, found.expires_at)
        },
    ))
}
