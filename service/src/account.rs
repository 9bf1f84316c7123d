//! One's own account.

use domain::Role;
use domain::view::{AccountEventRow, AccountView, AddressChangeRow, Me};
use store::{AccountEventRecord, SeatOf};

use crate::{Caller, Error, Services, device, organizations};

/// How many of the things that happened are shown.
const SHOWN: u32 = 20;

/// The caller's account: address, a change of it that waits, organizations, and what happened to it.
pub async fn account(s: &Services, caller: &Caller) -> Result<AccountView, Error> {
    let system = s.store().system();
    let found = system.account(caller.user).await?.ok_or(Error::SignIn)?;
    let change = system.address_change_of(caller.user, s.now()).await?;
    let events = system.account_events(caller.user, SHOWN).await?;
    Ok(AccountView {
        me: Me { email: found.email },
        since: found.created_at,
        password_changed_at: found.password_changed_at,
        change: change.map(|change| AddressChangeRow {
            old_confirmed: change.old_confirmed_at.is_some(),
            new_confirmed: change.new_confirmed_at.is_some(),
            email: change.new,
            expires_at: change.expires_at,
        }),
        organizations: organizations::organizations(s, caller).await?,
        last_owner_of: last_owner_of(&system.seats_of(caller.user).await?),
        events: events
            .into_iter()
            .map(|event| AccountEventRow {
                at: event.at,
                what: sentence(&event),
                device: device::name(event.user_agent.as_deref()),
                ip: event.ip,
            })
            .collect(),
    })
}

/// The organizations that would be left without an owner.
pub(crate) fn last_owner_of(seats: &[SeatOf]) -> Vec<String> {
    seats
        .iter()
        .filter(|seat| seat.role == Role::Owner && !seat.suspended && seat.owners <= 1)
        .map(|seat| seat.name.clone())
        .collect()
}

fn sentence(event: &AccountEventRecord) -> String {
    let note = event.note.as_deref().unwrap_or_default();
    match event.action.as_str() {
        "account.created" => "The account was created.".to_owned(),
        "session.begun" => "Signed in.".to_owned(),
        "sessions.ended" => "Signed out everywhere.".to_owned(),
        "sessions.others_ended" => "Signed out everywhere else.".to_owned(),
        "password.changed" => "The password was changed.".to_owned(),
        "password.reset" => "The password was set anew with the link of a letter.".to_owned(),
        "address.wanted" => format!("A change of address to {note} was asked for."),
        "address.changed" => format!("The address was changed: {note}."),
        other => format!("{other} {note}").trim_end().to_owned(),
    }
}
