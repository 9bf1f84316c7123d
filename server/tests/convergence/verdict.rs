//! How a life must have ended.

use std::collections::BTreeMap;

use domain::{Access, Plan, SubscriptionStatus, billed};
use store::{Mail, OrgRecord};

use crate::ledger::{Ours, Theirs, customers_of, open_pages_of};
use crate::life::{Company, Life};

impl Life {
    /// The quiet after a life, and what must be true then.
    pub async fn end(mut self) {
        self.story.tell("quiet");
        self.quiet().await;
        self.judge("after the quiet").await;
        if self.chance.percent(20) {
            self.everything_again().await;
            self.everybody_comes_back().await;
            self.quiet().await;
            self.judge("after everything came again").await;
        }
        self.repeat(12).await;
        self.quiet().await;
        self.judge("after stale webhooks").await;
        if self.chance.percent(30) {
            for _ in 0..4 {
                self.world.pass(std::time::Duration::from_hours(9 * 24)).await;
            }
            self.quiet().await;
            self.judge("after five weeks in which nobody did anything").await;
        }
    }

    /// The provider sends all its webhooks, in any order, some of them twice.
    async fn everything_again(&mut self) {
        self.story.tell("all webhooks come again");
        let control = self.world.sandbox.control();
        let mut events = control.events();
        self.chance.shuffle(&mut events);
        for event in events {
            // Those from more than a month ago are forgotten.
            drop(control.redeliver(&event.id).await);
            if self.chance.percent(10) {
                drop(control.redeliver(&event.id).await);
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
            self.judge_money(company, &mut wrong).await;
        }
        self.judge_books(&mut wrong).await;
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
        self.judge_entitlement(live, &theirs, &ours, &mut say);
        if let Some(live) = live.filter(|it| it.bills_seats()) {
            self.judge_seats(company, live, &ours, &mut say);
        }
        if (org.seats.active, org.seats.reserved) != (ours.members, ours.invitations) {
            say(format!("{:?} for {} members and {} invitations", org.seats, ours.members, ours.invitations));
        }
        judge_moves(&ours, &mut say);
        let open = customers.iter().map(|customer| open_pages_of(&self.world, customer)).sum::<usize>();
        if open > 1 || (live.is_some() && (open > 0 || ours.open_page.is_some())) {
            say(format!("{open} pages are open at the provider, {:?} here, {live:?}", ours.open_page));
        }
        if ours.seat_change_waits {
            say("a seat change waits".to_owned());
        }
    }

    /// The billed number is what [`domain::billed`] leaves as it is: nobody sits unpaid, and nothing is given away twice.
    fn judge_seats(&self, company: &Company, live: &Theirs, ours: &Ours, say: &mut impl FnMut(String)) {
        let s = &self.world.services;
        let (plan, org) = (live.plan(s), &ours.org);
        let wanted = plan.seats.billable(org.seats.active.max(org.seats_floor));
        // What rests or waits for its payment takes no changes; what is missing is made up for afterwards.
        let takes = matches!(
            live.status,
            SubscriptionStatus::Active | SubscriptionStatus::Trialing | SubscriptionStatus::PastDue
        ) && live.waiting.is_none();
        // Everybody is paid for, and nobody who was never there: what was paid for stays until the period ends.
        let most = plan.seats.billable(ours.most).max(company.bought).max(wanted);
        if (takes && live.quantity < wanted) || live.quantity > most {
            say(format!("{} seats are billed for {wanted}, and there were never more than {most}", live.quantity));
        }
        let Some(billed) = ours.billed else { return say("nothing is written down about the billed seats".to_owned()) };
        let Some(bought) = ours.current.as_ref().filter(|_| takes) else { return };
        let step = billed::next(plan.seats.growth, plan.seats.shrink, bought.period, s.now(), &billed, wanted);
        if let Some(step) = step {
            say(format!("{step:?} was not made: {billed:?} for {wanted}"));
        }
    }

    fn judge_entitlement(&self, live: Option<&Theirs>, theirs: &[Theirs], ours: &Ours, say: &mut impl FnMut(String)) {
        let (s, org) = (&self.world.services, &ours.org);
        let ended = |it: &&Theirs| it.status == SubscriptionStatus::Canceled;
        let last = theirs.iter().filter(ended).map(|it| it.ended_at).max();
        let right = match (live, last) {
            (Some(live), _) => {
                let access = live.status.access().in_arrears(ours.owes_since, s.settings().grace, s.now());
                gives(org, live.plan(s), access)
            }
            // Nobody chooses the free plan in these lives: what ended last leaves the organization as it was.
            (None, Some(at)) => {
                let of_then = theirs.iter().filter(ended).filter(|it| it.ended_at == at);
                of_then.into_iter().any(|it| gives(org, it.plan(s), Access::ReadOnly))
            }
            (None, None) => gives(org, s.catalog().free(), Access::Free),
        };
        if !right {
            say(format!(
                "{} with {} and {:?}, owing since {:?}, for {theirs:?}",
                org.plan, org.seat_limit, org.access, ours.owes_since
            ));
        }
    }

    /// Reconciliation has nothing to say, but for strangers' events, and for a number that was lowered at the provider: what
    /// was billed too much in that period, it cannot mend.
    async fn judge_books(&self, wrong: &mut Vec<String>) {
        let how = service::Reconcile { dry_run: true, ..service::Reconcile::default() };
        let found = service::reconcile(&self.world.services, &how).await.unwrap();
        for finding in found.findings {
            let expected = match finding.drift {
                domain::Drift::EventsParked => true,
                domain::Drift::InvoiceDiffers => self.was_lowered(&finding.subject),
                _ => false,
            };
            if !expected {
                wrong.push(format!("reconciliation finds {finding:?}"));
            }
        }
    }

    /// Whether somebody has lowered a subscription's number at the provider in the period that it is in.
    fn was_lowered(&self, subscription: &str) -> bool {
        let now = self.world.sandbox.control().subscription(subscription).unwrap();
        let began = now["items"]["data"][0]["current_period_start"].as_i64().unwrap();
        let mut lowered = self.companies.iter().flat_map(|company| &company.lowered);
        lowered.any(|(id, period)| id == subscription && *period == began)
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

/// The history of seats ends where the counters are, and says everything once: nobody comes who is here, nobody goes
/// who is not.
fn judge_moves(ours: &Ours, say: &mut impl FnMut(String)) {
    use store::SeatEventKind as Kind;
    let (books, org) = (&ours.books, &ours.org);
    if org.seats != books.listed || books.history != Some(org.seats) {
        say(format!("{:?} by the counters, and {books:?}", org.seats));
    }
    let mut held: BTreeMap<&str, bool> = BTreeMap::new();
    for moved in ours.moves.iter().rev() {
        let Some(entity) = moved.entity.as_deref() else { continue };
        let holds = match moved.kind {
            Kind::Created | Kind::Invited | Kind::Joined | Kind::Reactivated => true,
            Kind::Cancelled | Kind::Expired | Kind::Left | Kind::Removed | Kind::Suspended => false,
            Kind::RoleChanged | Kind::CapChanged => continue,
        };
        let before = held.insert(entity, holds);
        if before.unwrap_or(false) == holds
            && !(before == Some(false) && matches!(moved.kind, Kind::Left | Kind::Removed))
        {
            say(format!("{moved:?}, and it was {before:?}"));
        }
    }
}

/// Whether an organization has what a plan gives.
fn gives(org: &OrgRecord, plan: &Plan, access: Access) -> bool {
    (&org.plan, org.seat_limit, org.access) == (&plan.key, plan.seats.limit(), access)
}
