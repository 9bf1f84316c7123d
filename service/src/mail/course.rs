//! The letters about the course of a plan, to the owners: its end is decided, it goes on, it is over, it rests.

use domain::{EmailAddress, Interval, Money, Timestamp};
use store::Mail;

use super::letter::Letter;
use super::seat::Sender;

/// What a letter about the course of a plan tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum CourseLetter<'a> {
    /// It ends on that day.
    Ends {
        /// When.
        at: Timestamp,
    },
    /// It does not end after all.
    GoesOn {
        /// When it renews.
        renews: Timestamp,
    },
    /// It is over.
    Over,
    /// It is stopped for a while.
    Paused,
    /// It is stopped no longer.
    Unpaused,
    /// Something else begins on that day.
    Changes {
        /// When.
        at: Timestamp,
        /// To which plan.
        to: &'a str,
    },
    /// Who runs Usher lets something else begin on that day.
    Moves {
        /// When.
        at: Timestamp,
        /// To which plan; `None`: to another version of theirs.
        to: Option<&'a str>,
        /// What a period costs now and then, and how often that is.
        costs: Option<(Money, Money, Interval)>,
        /// What else is another thing then.
        words: &'a [String],
    },
    /// There is more in it since now, at the same price.
    Better {
        /// What is another thing.
        words: &'a [String],
    },
    /// Nothing else begins any more.
    Stays,
}

/// Writes it.
pub(crate) fn course(to: &EmailAddress, from: &Sender<'_>, plan: &str, letter: &CourseLetter<'_>) -> Mail {
    let Sender { name, home, .. } = from;
    let (subject, say) = match letter {
        CourseLetter::Ends { at } => (
            format!("{plan} of {name} ends on {}", at.date()),
            vec![
                format!("Until {}, everything stays as it is. Nothing more is charged.", at.date()),
                "From then on everything can be read, and nothing can be changed, until an owner chooses a plan. \
                 Nobody is removed and nothing is deleted. To go on, press Resume on the billing page before that day."
                    .to_owned(),
            ],
        ),
        CourseLetter::GoesOn { renews } => (
            format!("{plan} of {name} goes on"),
            vec![format!("It does not end any more. It renews on {}, as before.", renews.date())],
        ),
        CourseLetter::Over => (
            format!("{plan} of {name} has ended"),
            vec![
                "Nothing more is charged. Everything can be read, and nothing can be changed. Nobody was removed and \
                 nothing is deleted."
                    .to_owned(),
                "An owner can choose a plan again, or go on with the free one.".to_owned(),
            ],
        ),
        CourseLetter::Paused => (
            format!("{plan} of {name} is paused"),
            vec![
                "Nothing is billed while it is paused. Everything can be read, and nothing can be changed.".to_owned(),
                "An owner can go on with it on the billing page.".to_owned(),
            ],
        ),
        CourseLetter::Unpaused => (
            format!("{plan} of {name} goes on"),
            vec!["It is not paused any more. Everything is as it was.".to_owned()],
        ),
        CourseLetter::Changes { at, to } => (
            format!("{name} changes to {to} on {}", at.date()),
            vec![format!(
                "Until then {plan} stays as it is. What will fit, and who will have a seat, stands on the billing page; it \
                 can be undone there until that day."
            )],
        ),
        CourseLetter::Moves { at, to, costs, words } => {
            let from = at.date();
            let subject = match to {
                Some(to) => format!("We change {name} to {to} on {from}"),
                None => format!("{plan} of {name} changes on {from}"),
            };
            let mut say = vec![format!("Until {from}, {plan} stays as it is. Nothing is charged for this before.")];
            say.extend(costs.map(|(now, then, interval)| {
                if now == then {
                    format!("It costs the same then: {then} a {interval}.")
                } else {
                    format!("From then on it costs {then} a {interval}; now it is {now}.")
                }
            }));
            say.extend(different(words, "What is different then"));
            say.push(
                "Nobody is removed and nothing is deleted. An owner can undo this on the billing page until that day, and                  keeps what there is, or can choose another plan, or cancel."
                    .to_owned(),
            );
            (subject, say)
        }
        CourseLetter::Better { words } => {
            let mut say = vec!["It costs the same, and there is nothing to do.".to_owned()];
            say.extend(different(words, "What is different from now on"));
            (format!("There is more in {plan} of {name}"), say)
        }
        CourseLetter::Stays => {
            (format!("{name} stays on {plan}"), vec!["The change that was scheduled does not happen.".to_owned()])
        }
    };
    let texts: Vec<&str> = say.iter().map(String::as_str).collect();
    let link = format!("{home}/billing");
    let small = format!("You get this letter because you own {name}.");
    Letter { to, subject: &subject, say: &texts, button: ("Open the billing page", &link), small: &small }.write()
}

fn different(words: &[String], when: &str) -> Option<String> {
    (!words.is_empty()).then(|| format!("{when}: {}.", words.join("; ")))
}
