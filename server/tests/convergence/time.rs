//! Time that passes, from seconds to months, and the quiet after a life.

use std::time::Duration;

use domain::Timestamp;

use crate::ledger::Theirs;
use crate::life::Life;

const HOUR: Duration = Duration::from_hours(1);
const DAY: Duration = Duration::from_hours(24);

impl Life {
    /// Time passes, or a stranger's customer makes noise.
    pub async fn pass(&mut self, company: usize) {
        match self.chance.below(100) {
            0..30 => {
                let seconds = u64::try_from(1 + self.chance.below(200)).unwrap();
                self.world.clock.advance(Duration::from_secs(seconds));
                self.tell(company, "seconds pass", seconds);
            }
            30..50 => {
                let hours = u32::try_from(1 + self.chance.below(40)).unwrap();
                self.step("hours pass", HOUR * hours).await;
            }
            50..75 => self.pass_a_renewal(company).await,
            75..88 => self.pass_months().await,
            _ => self.stranger().await,
        }
    }

    /// A step of time for everybody, with all that falls due in it.
    async fn step(&mut self, what: &str, by: Duration) {
        self.story.tell(format!("{what}: {} h {} min", by.as_secs() / 3_600, by.as_secs() % 3_600 / 60));
        // Nobody is away for so long.
        if by > DAY * 2 {
            self.world.letters.be_away(false);
        }
        // Faults that were meant for something else are no hindrance for what falls due.
        self.world.pass(by).await;
    }

    /// To the end of a company's period and a little further, with a look or without one shortly before and while the
    /// invoice is a draft.
    async fn pass_a_renewal(&mut self, company: usize) {
        let Some(live) = self.live_of(company) else { return };
        let until = Timestamp::from_secs(live.period.1);
        let stops = [
            (until.minus(HOUR * 3 / 2), 70, "shortly before the period ends"),
            (until.plus(HOUR / 3), 50, "the next period has begun"),
            (until.plus(HOUR * 3), 90, "hours into the next period"),
        ];
        for (stop, often, what) in stops {
            let now = self.world.services.now();
            if stop > now && self.chance.percent(often) {
                self.step(what, stop.since(now)).await;
            }
        }
    }

    /// Up to three months, at once or in steps.
    async fn pass_months(&mut self) {
        let mut days = u32::try_from(5 + self.chance.below(90)).unwrap();
        // In small steps, too.
        self.world.letters.be_away(false);
        let most = [1, 3, 9, 100][self.chance.below(4)];
        while days > 0 {
            let step = days.min(most.max(days / 12));
            days -= step;
            self.step("days pass", DAY * step).await;
        }
    }

    /// The subscription that a company pays for, as the provider has it.
    pub fn live_of(&self, company: usize) -> Option<Theirs> {
        let customers = crate::ledger::customers_of(&self.world, self.companies[company].org);
        let all = customers.iter().flat_map(|customer| Theirs::all(&self.world, customer));
        all.into_iter().find(|it| it.status.is_live())
    }

    async fn stranger(&mut self) {
        let url = format!("{}v1/customers", self.world.sandbox.api_base());
        let ask =
            |url: String, name: &str| self.provider.post(url).form(&[("name", name)]).bearer_auth("sk_test_other");
        let made = ask(url.clone(), "Stranger").send().await.unwrap();
        let Ok(made) = made.json::<serde_json::Value>().await else { return };
        let Some(id) = made["id"].as_str() else { return };
        let status = ask(format!("{url}/{id}"), "Stranger than that").send().await.unwrap().status();
        self.story.tell(format!("{id} is nobody we know: {status}"));
    }

    /// Nothing new happens any more, and nothing fails.
    pub async fn quiet(&mut self) {
        let control = self.world.sandbox.control();
        control.set_chaos(sandbox::Chaos::default());
        control.release();
        control.fail_next_payments(0);
        self.world.letters.be_away(false);
        // The faults that nobody has met yet.
        let url = format!("{}v1/products?limit=1", self.world.sandbox.api_base());
        while !self.provider.get(&url).bearer_auth("sk_test_quiet").send().await.unwrap().status().is_success() {}
        self.world.settle().await;
        // Longer than every lease and every pause between tries, and than reconciliation rests: without the invoices, and
        // with them.
        for hours in [2, 2, 25, 2] {
            self.world.pass(HOUR * hours).await;
        }
    }
}
