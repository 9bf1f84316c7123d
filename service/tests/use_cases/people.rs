//! What the tests about people need of a [`Stand`].

use std::sync::Arc;
use std::sync::atomic::AtomicU64;

use domain::ids::MemberId;
use domain::view::{BatchOutcome, BatchReport, Letter, MemberRow};
use domain::{Catalog, SubscriptionStatus};
use service::{Caller, DevMailbox, Error, Invite, NameServers, Services, ServicesConfig};

use crate::stand::{Dice, Stand, code};

impl Stand {
    /// Sells something else from here on.
    pub fn sell(&mut self, catalog: Catalog) {
        let (store, settings) = (self.s.store().clone(), self.s.settings().clone());
        let entropy = Arc::new(Dice(AtomicU64::new(1 << 40)));
        self.s = Services::new(ServicesConfig {
            dns: Arc::new(NameServers::at(self.names.addr()).unwrap()),
            mailer: Arc::new(DevMailbox::new(store.clone(), self.clock.clone(), entropy.clone())),
            store,
            payments: self.till.clone(),
            catalog: Arc::new(catalog),
            clock: self.clock.clone(),
            billing_clock: self.clock.clone(),
            entropy,
            settings,
        });
    }

    /// As [`Stand::acme`], where viewers sit for nothing.
    pub async fn acme_with_free_viewers(&mut self) -> Caller {
        let text = include_str!("../../../catalog/default.toml");
        let free = text.replacen("included = 3, max = 3", "included = 3, max = 3, viewers = \"free\"", 1);
        assert_ne!(free, text);
        self.sell(Catalog::parse("test.toml", &free).unwrap());
        self.acme().await
    }

    /// Buys a plan for the company at `acme` and pays.
    pub async fn buy(&self, owner: &Caller, plan: &str, interval: &str) {
        let seats = self.team(owner).await.desk.seats.count.active;
        let url = self.start(owner, plan, interval, seats).await.unwrap();
        let (page, _) = self.till.pay(&url);
        service::finish_checkout(&self.s, owner, "acme", &page).await.unwrap();
        self.settle().await;
    }

    /// The plan ends, and the owner goes on with the free one.
    pub async fn fall_to_free(&self, owner: &Caller) {
        self.turn(SubscriptionStatus::Canceled).await;
        service::continue_on_free(&self.s, owner, "acme").await.unwrap();
        self.settle().await;
    }

    /// What was bought last becomes this at the provider, and we hear of it.
    pub async fn turn(&self, status: SubscriptionStatus) {
        let bought = self.till.inside().subscriptions.last().unwrap().subscription.clone();
        self.till.change(&bought.id, |bought| bought.status = status);
        self.webhook(&self.till.event("customer.subscription.updated", &bought)).await.unwrap();
        self.settle().await;
    }

    pub async fn row(&self, who: &Caller, email: &str) -> MemberRow {
        self.team(who).await.members.into_iter().find(|member| member.email.as_str() == email).unwrap()
    }

    pub async fn id_of(&self, who: &Caller, email: &str) -> MemberId {
        self.row(who, email).await.id
    }

    pub async fn suspend(&self, who: &Caller, id: MemberId) -> Result<(), Error> {
        service::suspend_member(&self.s, who, "acme", id, None, None).await
    }

    pub async fn suspend_until(&self, who: &Caller, id: MemberId, until: &str) -> Result<(), Error> {
        service::suspend_member(&self.s, who, "acme", id, None, Some(until.to_owned())).await
    }

    pub async fn reactivate(&self, who: &Caller, id: MemberId) -> Result<(), Error> {
        service::reactivate_member(&self.s, who, "acme", id).await
    }

    pub async fn csv(&self, who: &Caller, text: &str) -> BatchReport {
        service::invite_csv(&self.s, who, "acme", text.to_owned()).await.unwrap()
    }

    pub async fn several(&self, who: &Caller, emails: &[&str]) -> Result<BatchReport, Error> {
        let row = |email: &&str| Invite { email: (*email).to_owned(), role: "member".to_owned() };
        service::invite_several(&self.s, who, "acme", emails.iter().map(row).collect()).await
    }

    /// The letters to somebody, in the order of their subjects, once all are sent.
    pub async fn letters_to(&self, to: &str) -> Vec<Letter> {
        self.settle().await;
        let mut letters = service::letters(&self.s).await.unwrap();
        letters.retain(|letter| letter.to == to);
        letters.sort_by(|one, other| one.subject.cmp(&other.subject));
        letters
    }

    /// What the letters to somebody are about, in the order of the alphabet.
    pub async fn subjects_to(&self, to: &str) -> Vec<String> {
        self.letters_to(to).await.into_iter().map(|letter| letter.subject).collect()
    }

    /// The day now, as a form writes it.
    pub fn today(&self) -> String {
        self.s.now().rfc3339()[..10].to_owned()
    }
}

/// `line outcome` of each row.
pub fn outcomes(report: &BatchReport) -> Vec<String> {
    let word = |outcome: &BatchOutcome| match outcome {
        BatchOutcome::Invited => "invited".to_owned(),
        BatchOutcome::AlreadyInvited => "already".to_owned(),
        BatchOutcome::Refused(why) => why.code.clone(),
    };
    report.rows.iter().map(|row| format!("{} {}", row.line, word(&row.outcome))).collect()
}

/// The codes of several answers, sorted.
pub fn codes<T>(answers: impl IntoIterator<Item = Result<T, Error>>) -> Vec<String> {
    let mut codes: Vec<String> = answers.into_iter().map(code).collect();
    codes.sort();
    codes
}
