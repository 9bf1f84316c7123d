//! People: invited, joining, going.

use service::{Invite, Visit};
use testkit::PASSWORD;

use crate::ledger::Ours;
use crate::life::{Company, Life};

const ROLES: [&str; 3] = ["member", "viewer", "admin"];

impl Life {
    pub async fn invite(&mut self, company: usize) {
        let (node, role) = (self.node(), self.chance.of(&ROLES).unwrap());
        let Company { slug, owner, org, .. } = &self.companies[company];
        let domain = if self.chance.percent(85) { slug.as_str() } else { "other" };
        let email = format!("p{}@{domain}.test", self.chance.below(7));
        let came = service::invite(&node, owner, slug, Invite { email: email.clone(), role: role.to_owned() }).await;
        let ours = Ours::read(&node, *org, &[]).await.org;
        self.tell(company, &format!("invites {email}"), came.as_ref().map(|_| ours.seats));
        if let Ok(invited) = came {
            assert!(ours.seat_limit.cap().is_none_or(|cap| ours.seats.held() <= cap), "{:?}", ours.seats);
            self.companies[company].written_to.push(invited.email.to_string());
            self.companies[company].invited.push((email, invited.link));
        }
    }

    /// Somebody answers an invitation, with an account or without; or the owner takes it back.
    pub async fn join(&mut self, company: usize) {
        let node = self.node();
        let Some((email, link)) = self.chance.of(&self.companies[company].invited) else { return };
        let token = link.rsplit('/').next().unwrap();
        if self.chance.percent(15) {
            let Company { slug, owner, .. } = &self.companies[company];
            let view = service::team(&node, owner, slug, domain::view::TeamQuery::default()).await.unwrap();
            let Some(row) = view.invitations.iter().find(|row| row.email.as_str() == email) else { return };
            let came = service::cancel_invitation(&node, owner, slug, row.id, None).await;
            return self.tell(company, &format!("takes back the invitation of {email}"), came);
        }
        let known = self.accounts.iter().find(|caller| caller.email.as_str() == email).cloned();
        let came = match &known {
            Some(caller) => service::accept(&node, caller, token).await.map(|_| caller.clone()),
            None => match service::accept_as_new(&node, token, PASSWORD.to_owned(), Visit::default()).await {
                Ok((session, _)) => Ok(service::who(&node, session.as_str(), Visit::default()).await.unwrap().unwrap()),
                Err(no) => Err(no),
            },
        };
        self.tell(company, &format!("{email} joins"), came.as_ref().map(|_| ()));
        if let Ok(caller) = came {
            if known.is_none() {
                self.accounts.push(caller.clone());
            }
            self.companies[company].people.push(caller);
            if self.chance.percent(80) {
                self.companies[company].invited.retain(|(_, known)| *known != link);
            }
        }
    }

    /// Somebody leaves, or is removed.
    pub async fn go(&mut self, company: usize) {
        let node = self.node();
        let Company { slug, owner, people, .. } = &self.companies[company];
        let Some(person) = self.chance.of(people) else { return };
        let came = if self.chance.percent(50) {
            service::leave(&node, &person, slug).await
        } else {
            let view = service::team(&node, owner, slug, domain::view::TeamQuery::default()).await.unwrap();
            let Some(row) = view.members.iter().find(|row| row.email == person.email) else { return };
            service::remove_member(&node, owner, slug, row.id).await
        };
        self.tell(company, &format!("{} goes", person.email.as_str()), &came);
        if came.is_ok() {
            self.companies[company].people.retain(|known| known.user != person.user);
        }
    }
}
