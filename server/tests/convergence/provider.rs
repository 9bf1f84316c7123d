//! What happens at the provider past us: its dashboard, and its webhooks on their way.

use sandbox::Chaos;

use crate::ledger::{Ours, Theirs};
use crate::life::Life;

impl Life {
    /// Somebody at the provider's dashboard cancels, now or later, changes their mind, or sets a number of seats.
    pub async fn change_at_the_provider(&mut self, company: usize) {
        let node = self.node();
        let known = Ours::read(&node, self.companies[company].org, &[]).await;
        let Some(customer) = known.org.customer else { return };
        let Some(live) = Theirs::all(&self.world, customer.as_str()).into_iter().find(|it| it.status.is_live()) else {
            return;
        };
        let url = format!("{}v1/subscriptions/{}", self.world.sandbox.api_base(), live.id);
        let seats = u32::try_from(1 + self.chance.below(6)).unwrap();
        let (what, request) = match self.chance.below(8) {
            0..4 => ("is cancelled".to_owned(), self.provider.delete(&url)),
            4 => ("will end".to_owned(), self.provider.post(&url).form(&[("cancel_at_period_end", "true")])),
            5 => {
                let at = (live.period.1 - 3_600).to_string();
                (format!("will end at {at}"), self.provider.post(&url).form(&[("cancel_at", at)]))
            }
            6 => ("will not end".to_owned(), self.provider.post(&url).form(&[("cancel_at_period_end", "false")])),
            _ if live.bills_seats() => {
                let item = self.world.sandbox.control().subscription(&live.id).unwrap();
                let item = item["items"]["data"][0]["id"].as_str().unwrap().to_owned();
                let form = [("items[0][id]", item), ("items[0][quantity]", seats.to_string())];
                (format!("is set to {seats} seats"), self.provider.post(&url).form(&form))
            }
            _ => return,
        };
        let status = request.bearer_auth("sk_test_dashboard").send().await.unwrap().status();
        self.tell(company, &format!("{} {what} at the provider", live.id), status);
        let now = Theirs::all(&self.world, customer.as_str()).into_iter().find(|it| it.id == live.id).unwrap();
        if now.quantity != live.quantity {
            let this = &mut self.companies[company];
            this.bought = this.bought.max(seats);
            if now.quantity < live.quantity {
                this.lowered.push((live.id, live.period.0));
            }
        }
    }

    /// Nobody hears of what was held back, until somebody asks.
    pub async fn lose(&mut self) {
        self.world.deliver().await;
        let control = self.world.sandbox.control();
        let lost = control.events().iter().filter(|event| !event.delivered).count();
        control.lose_pending();
        self.story.tell(format!("{lost} webhooks are lost"));
    }

    /// Holds webhooks back, lets them go in another order, doubles them, loses them.
    pub async fn disturb_webhooks(&mut self) {
        let control = self.world.sandbox.control();
        let what = match self.chance.below(10) {
            0..4 => {
                control.hold();
                "webhooks are held back".to_owned()
            }
            4..6 => {
                control.release();
                self.world.deliver().await;
                "webhooks go again".to_owned()
            }
            6..8 => {
                let mut waiting: Vec<_> = control.events().into_iter().filter(|event| !event.delivered).collect();
                self.chance.shuffle(&mut waiting);
                waiting.truncate(1 + self.chance.below(waiting.len() + 1));
                for event in &waiting {
                    drop(control.redeliver(&event.id).await);
                }
                format!("{} webhooks come in another order", waiting.len())
            }
            8 if self.chance.percent(50) => {
                let seed = u64::try_from(self.chance.below(1_000_000)).unwrap();
                control.set_chaos(Chaos { window_millis: 60, delay_millis: 120, ..Chaos::everything(seed) });
                format!("chaos {seed}")
            }
            8 => {
                self.repeat(3).await;
                "three webhooks come again".to_owned()
            }
            _ => return self.lose().await,
        };
        self.story.tell(what);
    }

    /// The provider sends so many of its webhooks again, whichever.
    pub async fn repeat(&mut self, times: usize) {
        let control = self.world.sandbox.control();
        let events = control.events();
        for _ in 0..times {
            let Some(event) = self.chance.of(&events) else { return };
            drop(control.redeliver(&event.id).await);
        }
    }
}
