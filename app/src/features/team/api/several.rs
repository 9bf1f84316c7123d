//! About inviting several people at once.

use domain::Refusal;
use domain::view::{BatchOutcome, BatchReport, BatchRow, TeamView};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use crate::AppError;

/// What the page for inviting several shows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SeveralSheet {
    /// Seats and rules. The people are left out.
    pub view: TeamView,
    /// What became of what a plain form has just sent.
    pub told: Option<Told>,
}

/// One row of the form.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Row {
    /// The address, as typed.
    pub email: String,
    /// The role's word.
    pub role: String,
}

/// What became of several invitations: numbers for those that went well, and each one that did not.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Told {
    /// Who was newly invited, as far as there is room to say it.
    pub invited: Vec<String>,
    /// How many were newly invited.
    pub new: u32,
    /// How many were invited before, and left alone.
    pub before: u32,
    /// Those that were not invited, in their order.
    pub refused: Vec<Bad>,
    /// So many more were not invited than are listed.
    pub more: u32,
}

/// A row that was not invited.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bad {
    /// Its line in the file, or its place in the form.
    pub line: u32,
    /// The address as it was written.
    pub email: String,
    /// Why.
    pub why: Refusal,
}

impl From<BatchReport> for Told {
    fn from(report: BatchReport) -> Self {
        let mut told = Self::default();
        for BatchRow { line, email, outcome } in report.rows {
            match outcome {
                BatchOutcome::Invited => {
                    told.new += 1;
                    told.invited.push(email);
                }
                BatchOutcome::AlreadyInvited => told.before += 1,
                BatchOutcome::Refused(why) => told.refused.push(Bad { line, email, why }),
            }
        }
        told
    }
}

/// The page for inviting several.
#[server(prefix = "/api", endpoint = "inviting")]
pub async fn inviting(slug: String) -> Result<SeveralSheet, AppError> {
    let caller = crate::guard::caller().await?;
    let services = crate::guard::services()?;
    let mut view = service::team(&services, &caller, &slug, domain::view::TeamQuery::default()).await?;
    let (role, permission) = (view.desk.role, domain::Permission::MemberInvite);
    if !role.may(permission) {
        return Err(service::Error::Forbidden(domain::permission::NotPermitted { role, permission }).into());
    }
    // The members stay for "ask an owner" only.
    view.members.retain(|member| member.role == domain::Role::Owner);
    view.invitations.clear();
    let told = crate::guard::flash::take(&services, &crate::routes::Page::TeamInvite.at(&view.desk.slug));
    Ok(SeveralSheet { view, told })
}

/// Invites the people of a form. Rows without an address are left out.
#[server(prefix = "/api", endpoint = "invite-several")]
pub async fn invite_several(slug: String, #[server(default)] rows: Vec<Row>) -> Result<Told, AppError> {
    let caller = crate::guard::caller().await?;
    let services = crate::guard::services()?;
    let (lines, rows): (Vec<u32>, Vec<_>) = (1..)
        .zip(rows)
        .filter(|(_, row)| !row.email.trim().is_empty())
        .map(|(line, Row { email, role })| (line, service::Invite { email, role }))
        .unzip();
    let mut report = service::invite_several(&services, &caller, &slug, rows).await?;
    for (row, line) in report.rows.iter_mut().zip(lines) {
        row.line = line;
    }
    Ok(tell(&services, &slug, report))
}

/// Invites the people of a CSV file.
#[server(prefix = "/api", endpoint = "invite-csv")]
pub async fn invite_csv(slug: String, text: String) -> Result<Told, AppError> {
    let caller = crate::guard::caller().await?;
    let services = crate::guard::services()?;
    let report = service::invite_csv(&services, &caller, &slug, text).await?;
    Ok(tell(&services, &slug, report))
}

/// The answer to a script: all of it. After a plain form the page shows as much as fits into a cookie, the bad rows
/// first; sending the same list again tells the rest, and invites nobody twice.
#[cfg(feature = "ssr")]
fn tell(services: &service::Services, slug: &str, report: BatchReport) -> Told {
    let told = Told::from(report);
    if let (true, Ok(slug)) = (crate::guard::wants_html(), slug.parse()) {
        let page = crate::routes::Page::TeamInvite;
        let mut short = Told { invited: Vec::new(), ..told.clone() };
        while !crate::guard::flash::leave(services, &page.at(&slug), &short) && short.refused.pop().is_some() {
            short.more += 1;
        }
        crate::guard::lead_to(services, page, &slug);
    }
    told
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_of_the_report_is_told_once() {
        let why = Refusal::new("email-form", "This is no address.", "Write it again.");
        let row = |line, outcome| BatchRow { line, email: format!("p{line}@acme.test"), outcome };
        let told = Told::from(BatchReport {
            rows: vec![
                row(2, BatchOutcome::Invited),
                row(3, BatchOutcome::Refused(why.clone())),
                row(4, BatchOutcome::AlreadyInvited),
                row(5, BatchOutcome::Invited),
            ],
        });
        assert_eq!((told.new, told.before, told.more), (2, 1, 0));
        assert_eq!(told.refused, [Bad { line: 3, email: "p3@acme.test".to_owned(), why }]);
        assert_eq!(told.invited, ["p2@acme.test", "p5@acme.test"]);
    }
}
