//! Payment pages: opened, paid, declined, left.

use service::StartCheckout;

use crate::ledger::Ours;
use crate::life::{Company, Life};

/// What can be bought: plan and interval.
pub const WISHES: [(&str, &str); 7] = [
    ("all_access", "year"),
    ("premium", "month"),
    ("premium", "year"),
    ("team", "month"),
    ("team", "year"),
    ("enterprise", "month"),
    ("premium", "month"),
];

impl Life {
    /// Opens a payment page, unless it is refused, and most often pays on it.
    pub async fn buy(&mut self, company: usize) {
        let (node, wish) = (self.node(), self.chance.of(&WISHES).unwrap());
        let Company { slug, owner, org, .. } = &self.companies[company];
        let members = Ours::read(&node, *org, &[]).await.members;
        let seats = members + u32::try_from(self.chance.below(3)).unwrap();
        let wanted = StartCheckout { plan: wish.0.to_owned(), interval: wish.1.to_owned(), seats, currency: None };
        let url = service::start_checkout(&node, owner, slug, wanted).await;
        self.tell(company, &format!("wants {wish:?} for {seats}"), &url);
        if url.is_err() && self.chance.percent(70) {
            return;
        }
        if let Ok(url) = url {
            let page = url.rsplit('/').next().unwrap().to_owned();
            let pages = &mut self.companies[company].pages;
            pages.retain(|(known, _)| *known != page);
            pages.push((page, seats));
        }
        // Now and then on a page from before, which must be closed then or be the same one.
        let pages = &self.companies[company].pages;
        let page = if self.chance.percent(85) { pages.last().cloned() } else { self.chance.of(pages) };
        let Some((page, seats)) = page else { return };
        let card = match self.chance.below(10) {
            0 => "4000 0000 0000 0002",
            1 => "4000 0000 0000 9995",
            2 => "4000 0027 6000 3184",
            // Walks away and leaves it open.
            3 => return,
            4 => {
                let node = self.node();
                let Company { slug, owner, .. } = &self.companies[company];
                let came = service::abandon_checkout(&node, owner, slug).await;
                return self.tell(company, "goes back from the page", came);
            }
            _ => "4242 4242 4242 4242",
        };
        let paid = self.world.sandbox.control().pay(&page, card).await;
        let paid = paid.map_err(|no| no.to_string()).flatten();
        self.tell(company, &format!("pays on {page} with {card}"), &paid);
        if paid.is_err() {
            return;
        }
        let this = &mut self.companies[company];
        this.paid.push(page);
        this.bought = this.bought.max(seats);
    }

    /// The buyer comes back from a page, paid or not.
    pub async fn look_at_the_page(&mut self, company: usize) {
        let node = self.node();
        let Some((page, _)) = self.chance.of(&self.companies[company].pages) else { return };
        let Company { slug, owner, .. } = &self.companies[company];
        let came = service::finish_checkout(&node, owner, slug, &page).await;
        self.tell(company, &format!("comes back from {page}"), came);
    }
}
