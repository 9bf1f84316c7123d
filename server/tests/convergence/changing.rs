//! Changes of what is bought: by quotes, at the period's end, by cancelling and going on, by other cards.

use std::time::Duration;

use domain::view::{ChangeAnswer, Placed};
use service::ChangeInput;

use crate::buying::WISHES;
use crate::life::{Company, Life};

/// Cards with what they do when they are charged; the last three are good after so many failures.
const CARDS: [(&str, &str); 8] = [
    ("4242424242424242", "pays"),
    ("4242424242424242", "pays"),
    ("4000000000000341", "is kept and never pays"),
    ("4000002760003184", "wants a word each time"),
    ("4000002500003155", "wants a word once"),
    ("4000009900000012", "fails once"),
    ("4000009900000020", "fails twice"),
    ("4000009900000038", "fails three times"),
];

impl Life {
    /// An owner asks what a change costs, and most often agrees, at once or too late.
    pub async fn change(&mut self, company: usize) {
        let (node, wish) = (self.node(), self.chance.of(&WISHES).unwrap());
        let seats = u32::try_from(1 + self.chance.below(7)).unwrap();
        // Most often only the number of seats.
        let same = self.chance.percent(50);
        let other = |word: &str| (!same).then(|| word.to_owned());
        let input = ChangeInput { plan: other(wish.0), interval: other(wish.1), seats: Some(seats), quote: None };
        let what = format!("asks for {seats} seats of {:?} {:?}", input.plan, input.interval);
        let Company { slug, owner, .. } = &self.companies[company];
        let answer = service::change(&node, owner, slug, input).await.map(|view| (view.wish, view.answer));
        let short = answer.map(|(wish, answer)| match answer {
            ChangeAnswer::Quote(quote) => Ok((quote.id.to_string(), quote.hash)),
            ChangeAnswer::AtPeriodEnd(_) => Err(Some(wish)),
            ChangeAnswer::Nothing | ChangeAnswer::Refused(_) | ChangeAnswer::Placed(_) => Err(None),
        });
        match self.told(company, &what, short) {
            Some(Ok((id, hash))) => self.agree(company, &id, &hash, seats).await,
            Some(Err(Some(_))) if same => {
                let Company { slug, owner, .. } = &self.companies[company];
                let fewer = service::fewer_seats(&node, owner, slug, seats).await;
                self.told(company, &format!("{seats} seats with the next period"), fewer);
            }
            Some(Err(Some(wish))) => self.schedule(company, wish.plan.as_str(), wish.interval.as_str()).await,
            Some(Err(None)) | None => {}
        }
    }

    async fn agree(&mut self, company: usize, id: &str, hash: &str, seats: u32) {
        match self.chance.below(12) {
            0 => return,
            1 => self.world.clock.advance(Duration::from_mins(16)),
            2 => self.change_at_the_provider(company).await,
            3 => self.world.clock.advance(Duration::from_mins(5)),
            _ => {}
        }
        let node = self.node();
        let Company { slug, owner, .. } = &self.companies[company];
        let agreed = service::confirm_quote(&node, owner, slug, id, hash).await;
        let again = self.chance.percent(10);
        if again {
            let other = self.node();
            let Company { slug, owner, .. } = &self.companies[company];
            drop(service::confirm_quote(&other, owner, slug, id, hash).await);
        }
        self.companies[company].quotes.push(id.to_owned());
        let this = &mut self.companies[company];
        this.bought = this.bought.max(seats);
        self.told(company, &format!("agrees to {id}, twice: {again}"), agreed);
        self.look_at_the_change(company, id).await;
    }

    /// What became of it; one that waits for the bank is paid on its page, taken back, or left.
    async fn look_at_the_change(&mut self, company: usize, id: &str) {
        let node = self.node();
        let Company { slug, owner, .. } = &self.companies[company];
        let input = ChangeInput { quote: Some(id.to_owned()), ..ChangeInput::default() };
        let placed = service::change(&node, owner, slug, input).await.map(|view| match view.answer {
            ChangeAnswer::Placed(placed) => Some(placed.state),
            _ => None,
        });
        let Some(Some(Placed::Waiting { pay_url, .. })) = self.told(company, "looks at the change", placed) else {
            return;
        };
        match (self.chance.below(10), pay_url) {
            (0..6, Some(url)) => self.pay_on_the_invoice(company, &url).await,
            (6..8, _) => {
                let Company { slug, owner, .. } = &self.companies[company];
                let back = service::take_back_quote(&node, owner, slug, id).await;
                self.told(company, "takes the change back", back);
            }
            _ => {}
        }
    }

    /// On the provider's page of an invoice, with the card that is there; the bank gets its word.
    async fn pay_on_the_invoice(&mut self, company: usize, url: &str) {
        let browser = &self.world.browser;
        let Ok(page) = browser.open(url).await else { return };
        let paid = match browser.press(&page, "Pay", &[]).await {
            Ok(page) if page.text().contains("Complete") => browser.press(&page, "Complete", &[]).await,
            other => other,
        };
        self.tell(company, "pays on the invoice's page", paid.map(|page| page.status).map_err(|no| no.to_string()));
    }

    async fn schedule(&mut self, company: usize, plan: &str, interval: &str) {
        let node = self.node();
        let Company { slug, owner, .. } = &self.companies[company];
        let later = service::later(&node, owner, slug, plan, interval).await.map(|view| view.hash);
        let what = format!("{plan} by the {interval} with the next period");
        let Some(hash) = self.told(company, &what, later) else { return };
        let Company { slug, owner, .. } = &self.companies[company];
        let done = service::schedule_change(&node, owner, slug, plan, interval, &hash).await;
        self.told(company, "agrees to that", done);
    }

    /// What an owner does about the course of the plan.
    pub async fn course(&mut self, company: usize) {
        let node = self.node();
        let fewer = u32::try_from(1 + self.chance.below(4)).unwrap();
        let Company { slug, owner, .. } = &self.companies[company];
        let (what, came) = match self.chance.below(20) {
            0..4 => ("cancels", service::cancel_plan(&node, owner, slug, None, None).await),
            4..9 => ("resumes", service::resume_plan(&node, owner, slug).await),
            9..11 => ("undoes what is scheduled", service::undo_change(&node, owner, slug).await),
            11..12 => ("pauses", service::pause_plan(&node, owner, slug).await),
            12..15 => ("goes on after a pause", service::unpause_plan(&node, owner, slug).await),
            15..17 => ("wants fewer seats later", service::fewer_seats(&node, owner, slug, fewer).await),
            17..18 => return self.end_on_the_portal(company).await,
            _ => return self.pay_what_is_owed(company).await,
        };
        self.told(company, what, came);
    }

    async fn end_on_the_portal(&mut self, company: usize) {
        let node = self.node();
        let Some(live) = self.live_of(company) else { return };
        let Company { slug, owner, .. } = &self.companies[company];
        let url = service::open_portal(&node, owner, slug, "home").await;
        let Some(url) = self.told(company, "opens the portal", url) else { return };
        let browser = &self.world.browser;
        let Ok(page) = browser.open(&format!("{url}/cancel/{}", live.id)).await else { return };
        let done = browser.press(&page, "Cancel", &[]).await;
        self.tell(company, "cancels there", done.map(|page| page.status).map_err(|no| no.to_string()));
        if self.chance.percent(50) {
            let Company { slug, owner, .. } = &self.companies[company];
            let back = service::back_from_portal(&node, owner, slug).await;
            self.told(company, "comes back", back);
        }
    }

    async fn pay_what_is_owed(&mut self, company: usize) {
        let node = self.node();
        let Company { slug, owner, .. } = &self.companies[company];
        let debt =
            service::billing(&node, owner, slug).await.map(|view| view.debt.map(|debt| (debt.invoice, debt.page)));
        let Some(Some((invoice, page))) = self.told(company, "looks for what is owed", debt) else { return };
        if let Some(page) = page.filter(|_| self.chance.percent(40)) {
            return self.pay_on_the_invoice(company, &page).await;
        }
        let Company { slug, owner, .. } = &self.companies[company];
        let paid = service::pay_invoice(&node, owner, slug, invoice.as_str()).await;
        self.told(company, "pays what is owed", paid);
    }

    /// Another card for everything that is to come; or the banks say no for a while.
    pub async fn another_card(&mut self, company: usize) {
        if self.chance.percent(20) {
            let times = u32::try_from(1 + self.chance.below(4)).unwrap();
            self.world.sandbox.control().fail_next_payments(times);
            return self.story.tell(format!("the banks say no {times} times"));
        }
        let Some(live) = self.live_of(company) else { return };
        let (number, does) = self.chance.of(&CARDS).unwrap();
        let base = self.world.sandbox.api_base();
        let post = |path: &str, form: &[(&str, &str)]| {
            self.provider.post(format!("{base}v1/{path}")).form(form).bearer_auth("sk_test_dashboard").send()
        };
        let card = [
            ("type", "card"),
            ("card[number]", number),
            ("card[exp_month]", "12"),
            ("card[exp_year]", "40"),
            ("card[cvc]", "123"),
        ];
        let made: serde_json::Value = post("payment_methods", &card).await.unwrap().json().await.unwrap_or_default();
        let Some(id) = made["id"].as_str() else { return self.tell(company, "no other card", made) };
        let attached = post(&format!("payment_methods/{id}/attach"), &[("customer", &live.customer)]).await.unwrap();
        let named = [("default_payment_method", id)];
        let named = post(&format!("subscriptions/{}", live.id), &named).await.unwrap();
        self.tell(company, &format!("another card, which {does}"), (attached.status(), named.status()));
    }
}
