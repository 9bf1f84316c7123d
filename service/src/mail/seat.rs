//! The letters about seats: to who has one, wants one, or hands them out.

use domain::{EmailAddress, EmailDomain, Role, Timestamp};
use store::Mail;

use super::letter::Letter;

/// What a letter about a seat tells.
pub(crate) enum SeatLetter<'a> {
    /// To a member: the seat rests, by this person's will.
    Suspended { by: &'a EmailAddress, until: Option<Timestamp>, reason: Option<&'a str> },
    /// To a member: the seat rests, because the plan has fewer seats than there are people.
    Displaced { plan: &'a str },
    /// To somebody invited: the plan has fewer seats than there are people, so the invitation is taken back.
    Uninvited { plan: &'a str },
    /// To owners: these seats rest now, and these invitations are taken back, because the plan has fewer seats.
    PlanShrank { plan: &'a str, members: &'a [EmailAddress], invited: &'a [EmailAddress] },
    /// To a member: the seat is theirs again.
    Reactivated,
    /// To owners: somebody's rest is over, and no seat can be taken.
    NoSeatToReturnTo { who: &'a EmailAddress },
    /// To a member: they are something else now.
    RoleChanged { by: &'a EmailAddress, from: Role, to: Role },
    /// To somebody who was a member.
    Removed { by: &'a EmailAddress },
    /// To owners: somebody asks for a seat, for themselves or for a colleague.
    Asked { who: &'a EmailAddress, by: Option<&'a EmailAddress>, role: Role, note: Option<&'a str> },
    /// To who asked: yes, and a seat is not free yet.
    OnTheWaitList { who: &'a EmailAddress },
    /// To a newcomer who asked: yes, and the seat is theirs.
    Welcome { role: Role },
    /// To a member who asked for a colleague: they are invited.
    ColleagueInvited { who: &'a EmailAddress },
    /// To owners: the record that proves a domain is gone, so nobody new may come from there.
    DomainStopped { domain: &'a EmailDomain, record: &'a str },
    /// To a newcomer who asked: no. Does not say which company it was.
    NewcomerDeclined { reason: Option<&'a str> },
    /// To a member who asked for a colleague: no.
    Declined { who: &'a EmailAddress, reason: Option<&'a str> },
}

/// The organization that a letter comes from.
pub(crate) struct Sender<'a> {
    /// Its name for people.
    pub(crate) name: &'a str,
    /// Where it lives: the whole address.
    pub(crate) home: &'a str,
    /// Where the list of one's organizations is.
    pub(crate) companies: &'a str,
}

/// Writes it.
pub(crate) fn seat(to: &EmailAddress, from: &Sender<'_>, letter: &SeatLetter<'_>) -> Mail {
    let Sender { name, home, companies } = from;
    let open = || (format!("Open {name}"), (*home).to_owned());
    let team = || ("Open the team page".to_owned(), format!("{home}/team"));
    let words = |reason: Option<&str>| reason.map(|reason| format!("Why: {reason}"));
    let (subject, paragraphs, (label, link)) = match letter {
        SeatLetter::Suspended { by, until, reason } => {
            let until = until.map_or_else(
                || "You cannot open it until somebody ends that.".to_owned(),
                |until| format!("It comes back by itself after {}; until then you cannot open it.", until.date()),
            );
            let what = format!("{by} lets your seat in {name} rest. {until} Everything that is yours is kept.");
            (format!("Your seat in {name} rests"), lines([Some(what), words(*reason)]), open())
        }
        SeatLetter::Displaced { plan } => (
            format!("Your seat in {name} rests"),
            lines([
                Some(format!("{name} has the plan {plan} now, which has fewer seats than there are people.")),
                Some(
                    "You cannot open it for now. Your seat comes back by itself when the plan has more of them, and an \
                     owner can give you one that is free. Everything that is yours is kept."
                        .to_owned(),
                ),
            ]),
            open(),
        ),
        SeatLetter::Uninvited { plan } => (
            format!("Your invitation to {name} was taken back"),
            vec![
                format!("{name} has the plan {plan} now, which has no seat left for you."),
                "The link that you have does not work any more. Ask who invited you for a new one.".to_owned(),
            ],
            open(),
        ),
        SeatLetter::PlanShrank { plan, members, invited } => {
            let list = |all: &[EmailAddress], words: &str| {
                let names: Vec<&str> = all.iter().map(EmailAddress::as_str).collect();
                (!names.is_empty()).then(|| format!("{words}: {}.", names.join(", ")))
            };
            let what = format!("{name} has the plan {plan} now, which has fewer seats than were in use.");
            let next = "Nobody was removed. With more seats, those whose seats rest come back by themselves; or choose \
                        yourself on the team page who has one.";
            let rest = list(members, "These seats rest");
            let gone = list(invited, "These invitations were taken back");
            (format!("{name} has fewer seats than people"), lines([Some(what), rest, gone, Some(next.to_owned())]), team())
        }
        SeatLetter::Reactivated => (
            format!("Your seat in {name} is yours again"),
            vec![format!("You can open {name} again. Everything is as you left it.")],
            open(),
        ),
        SeatLetter::NoSeatToReturnTo { who } => (
            format!("{who} could not come back to {name}"),
            vec![
                format!(
                    "The seat of {who} in {name} was to rest until today. It goes on resting: no seat is free, or a \
                     payment is due."
                ),
                "Free a seat, or pay, and then reactivate them on the team page.".to_owned(),
            ],
            team(),
        ),
        SeatLetter::RoleChanged { by, from, to } => (
            format!("You are {} of {name} now", noun(*to)),
            vec![format!("{by} has changed your role in {name} from {} to {}.", from.label(), to.label())],
            open(),
        ),
        SeatLetter::Removed { by } => (
            format!("You are no member of {name} any more"),
            vec![
                format!("{by} has taken your seat in {name} away, so you cannot open it any more."),
                "Your account is yours as before. If this was a mistake, ask them for an invitation.".to_owned(),
            ],
            ("Open your companies".to_owned(), (*companies).to_owned()),
        ),
        SeatLetter::Asked { who, by, role, note } => {
            let what = match by {
                Some(by) => format!("{by} asks for a seat in {name} for {who}, as {}.", noun(*role)),
                None => format!("{who} asks for a seat in {name}, as {}.", noun(*role)),
            };
            let note = note.map(|note| format!("They write: {note}"));
            (
                format!("{who} asks for a seat in {name}"),
                lines([Some(what), note]),
                ("Answer".to_owned(), format!("{home}/team/requests")),
            )
        }
        SeatLetter::OnTheWaitList { who } => (
            format!("{who} is on the wait list of {name}"),
            vec![format!(
                "The answer is yes, and no seat is free now. As soon as one is, {who} gets it, in the order of the list."
            )],
            ("Open your companies".to_owned(), (*companies).to_owned()),
        ),
        SeatLetter::Welcome { role } => (
            format!("You have a seat in {name}"),
            vec![format!("The answer is yes: you are {} of {name} now.", noun(*role))],
            open(),
        ),
        SeatLetter::ColleagueInvited { who } => (
            format!("{who} is invited to {name}"),
            vec![format!("The answer is yes: a seat is kept for {who}, and an invitation is on its way to them.")],
            team(),
        ),
        SeatLetter::DomainStopped { domain, record } => (
            format!("{domain} counts no more for {name}"),
            vec![
                format!(
                    "The record that shows that {domain} belongs to {name} was not there, three times in a row. Whoever \
                     has a seat keeps it; nobody new from {domain} gets one."
                ),
                format!("Put the record back, and check it on the page of your domains. It is: {record}"),
            ],
            ("Open the domains".to_owned(), format!("{home}/settings/domains")),
        ),
        SeatLetter::NewcomerDeclined { reason } => (
            "No seat for you now".to_owned(),
            lines([Some("You asked your company for a seat. The answer is no.".to_owned()), words(*reason)]),
            ("Open your companies".to_owned(), (*companies).to_owned()),
        ),
        SeatLetter::Declined { who, reason } => (
            format!("No seat for {who} in {name}"),
            lines([Some(format!("The answer to the request of a seat for {who} is no.")), words(*reason)]),
            ("Open your companies".to_owned(), (*companies).to_owned()),
        ),
    };
    let small = match letter {
        SeatLetter::NewcomerDeclined { .. } => "You get this letter because you asked for a seat.".to_owned(),
        _ => format!("You get this letter because it is about {name}, where you have, had or asked for a seat."),
    };
    let texts: Vec<&str> = paragraphs.iter().map(String::as_str).collect();
    Letter { to, subject: &subject, say: &texts, button: (&label, &link), small: &small }.write()
}

fn lines<const N: usize>(all: [Option<String>; N]) -> Vec<String> {
    all.into_iter().flatten().collect()
}

fn noun(role: Role) -> String {
    let article = if matches!(role, Role::Owner | Role::Admin) { "an" } else { "a" };
    format!("{article} {}", role.as_str())
}
