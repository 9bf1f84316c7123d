//! How a life must have ended.

use domain::{Access, Plan, SubscriptionStatus};
use store::{Mail, OrgRecord};

use crate::ledger::{Ours, Theirs, customers_of, open_pages_of};
use crate::life::{Company, Life};

impl Life {
    /// The quiet after a life, and what must be true then.
    pub async fn end(mut self) {
        self.story.tell("quiet");
        self.quiet().await;
        if self.lost {
            if self.chance.percent(50) {
                self.everything_again().await;
            } else {
                self.everybody_comes_back().await;
            }
            self.quiet().await;
        }
        self.judge("after the quiet").await;
        self.repeat(12).await;
        self.quiet().await;
        self.judge("after stale webhooks").await;
        if self.chance.percent(30) {
            self.world.clock.advance(std::time::Duration::from_hours(8 * 24));
            self.quiet().await;
            self.judge("after all invitations have expired").await;
        }
    }

    /// The provider sends all its webhooks, in any order, some of them twice.
    async fn everything_again(&mut self) {
        self.story.tell("all webhooks come again");
        let control = self.world.sandbox.control();
        let mut events = control.events();
        self.chance.shuffle(&mut events);
        for event in events {
            control.redeliver(&event.id).await.unwrap();
            if self.chance.percent(10) {
                control.redeliver(&event.id).await.unwrap();
            }
        }
    }

    /// Every buyer comes back from every page that was paid on.
    async fn everybody_comes_back(&mut self) {
        self.story.tell("every buyer comes back");
        for company in 0..self.companies.len() {
            let node = self.node();
            let Company { paid, slug, owner, .. } = &self.companies[company];
            for page in paid {
                service::finish_checkout(&node, owner, slug, page).await.unwrap();
            }
        }
    }

    /// Everything that must be true.
    async fn judge(&mut self, when: &str) {
        let mut wrong = Vec::new();
        for company in &self.companies {
            self.judge_company(company, &mut wrong).await;
        }
        self.judge_queues(&mut wrong).await;
        self.judge_letters(&mut wrong);
        for line in &wrong {
            self.story.tell(format!("WRONG {when}: {line}"));
        }
        assert!(wrong.is_empty(), "{when}: {wrong:#?}");
    }

    async fn judge_company(&self, company: &Company, wrong: &mut Vec<String>) {
        let (s, mut say) = (&self.world.services, |what: String| wrong.push(format!("{}: {what}", company.slug)));
        let customers = customers_of(&self.world, company.org);
        let theirs: Vec<Theirs> = customers.iter().flat_map(|customer| Theirs::all(&self.world, customer)).collect();
        let ids: Vec<String> = theirs.iter().map(|it| it.id.clone()).collect();
        let ours = Ours::read(s, company.org, &ids).await;
        let org = &ours.org;

        let known: Vec<String> = org.customer.iter().map(|customer| customer.0.clone()).collect();
        if customers.len() > 1 || (known != customers && !known.is_empty()) {
            say(format!("customers {customers:?} at the provider, {known:?} here"));
        }
        for (theirs, ours) in theirs.iter().zip(&ours.mirrors) {
            if ours.as_ref().map(Theirs::mirrored).as_ref() != Some(theirs) {
                say(format!("{theirs:?} at the provider, {ours:?} here"));
            }
        }
        let live: Vec<&Theirs> = theirs.iter().filter(|it| it.status.is_live()).collect();
        if live.len() > 1 {
            say(format!("two live subscriptions: {live:?}"));
        }
        if company.paid.len() != theirs.len() {
            say(format!("paid {} times for {} subscriptions", company.paid.len(), theirs.len()));
        }
        let live = live.first().copied();
        self.judge_entitlement(live, &theirs, org, &mut say);
        if let Some(live) = live.filter(|it| it.bills_seats()) {
            let want = live.plan(s).seats.billable(org.seats.active);
            // Everybody is paid for, and nobody who was never there: what was paid for stays until the period ends.
            let most = live.plan(s).seats.billable(ours.most).max(company.bought).max(want);
            if !(want..=most).contains(&live.quantity) {
                say(format!(
                    "{} seats are billed for {want} members, and there were never more than {most}",
                    live.quantity
                ));
            }
        }
        if (org.seats.active, org.seats.reserved) != (ours.members, ours.invitations) {
            say(format!("{:?} for {} members and {} invitations", org.seats, ours.members, ours.invitations));
        }
        let open = customers.iter().map(|customer| open_pages_of(&self.world, customer)).sum::<usize>();
        if open > 1 || (live.is_some() && (open > 0 || ours.open_page.is_some())) {
            say(format!("{open} pages are open at the provider, {:?} here, {live:?}", ours.open_page));
        }
        if ours.seat_change_waits {
            say("a seat change waits".to_owned());
        }
    }

    fn judge_entitlement(
        &self,
        live: Option<&Theirs>,
        theirs: &[Theirs],
        org: &OrgRecord,
        say: &mut impl FnMut(String),
    ) {
        let s = &self.world.services;
        let ended = |it: &&Theirs| it.status == SubscriptionStatus::Canceled;
        let last = theirs.iter().filter(ended).map(|it| it.ended_at).max();
        let right = match (live, last) {
            (Some(live), _) => {
                // The sandbox knows no other live ones.
                assert!(matches!(live.status, SubscriptionStatus::Active | SubscriptionStatus::Trialing), "{live:?}");
                gives(org, live.plan(s), Access::Full)
            }
            // Nobody chooses the free plan in these lives: what ended last leaves the organization as it was.
            (None, Some(at)) => {
                let of_then = theirs.iter().filter(ended).filter(|it| it.ended_at == at);
                of_then.into_iter().any(|it| gives(org, it.plan(s), Access::ReadOnly))
            }
            (None, None) => gives(org, s.catalog().free(), Access::Free),
        };
        if !right {
            say(format!("{} with {} and {:?} for {theirs:?}", org.plan, org.seat_limit, org.access));
        }
    }

    async fn judge_queues(&self, wrong: &mut Vec<String>) {
        let system = self.world.services.store().system();
        let events = system.events(10_000).await.unwrap();
        for event in events {
            let stranger = match &event.customer {
                Some(customer) => system.org_by_customer(customer).await.unwrap().is_none(),
                None => false,
            };
            let well = match event.outcome.as_deref() {
                Some(outcome) => matches!(outcome, "done" | "ignored"),
                None => event.parked_at.is_some() && stranger,
            };
            if !well {
                wrong.push(format!("in the inbox: {event:?}"));
            }
        }
        // Whatever is there, in ten years it would be ready. It is taken by that, so this comes last.
        let one_day = self.world.services.now().plus(std::time::Duration::from_hours(10 * 365 * 24));
        if let Some(effect) = system.lease_effect(one_day, std::time::Duration::from_secs(1)).await.unwrap() {
            wrong.push(format!("in the outbox: {effect:?}"));
        }
    }

    fn judge_letters(&self, wrong: &mut Vec<String>) {
        let letters = self.world.letters.all();
        let letters: Vec<&Mail> = letters.iter().filter(|letter| letter.text.contains("/invitations/")).collect();
        let invited: Vec<&String> = self.companies.iter().flat_map(|company| &company.written_to).collect();
        for address in &invited {
            let wanted = invited.iter().filter(|other| other == &address).count();
            let sent = letters.iter().filter(|letter| letter.to == **address).count();
            if sent != wanted {
                wrong.push(format!("{sent} letters to {address} for {wanted} invitations"));
            }
        }
        if letters.len() != invited.len() {
            wrong.push(format!("{} letters for {} invitations", letters.len(), invited.len()));
        }
    }
}

/// Whether an organization has what a plan gives.
fn gives(org: &OrgRecord, plan: &Plan, access: Access) -> bool {
    (&org.plan, org.seat_limit, org.access) == (&plan.key, plan.seats.limit(), access)
}
