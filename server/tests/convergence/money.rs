//! Money, to the cent: the provider's own books, our mirror of its invoices, what was agreed to, and what was written
//! about it.

use std::collections::{BTreeMap, BTreeSet};

use domain::{Invoice, InvoiceStatus};
use serde_json::Value;
use store::{QuoteOutcome, QuoteState};
use testkit::World;

use crate::ledger::{OurMoney, Ours, Theirs, customers_of, text};
use crate::life::{Company, Life};

impl Life {
    pub async fn judge_money(&self, company: &Company, wrong: &mut Vec<String>) {
        let mut say = |what: String| wrong.push(format!("{}: {what}", company.slug));
        let state = self.world.sandbox.control().snapshot().unwrap();
        let all = |name: &str| state[name].as_array().unwrap().iter();
        let mut ids = Vec::new();
        for customer in customers_of(&self.world, company.org) {
            let of = |it: &&Value| it["customer"] == customer;
            let invoices: Vec<&Value> = all("invoices").filter(of).collect();
            let charges: Vec<&Value> = all("charges").filter(of).filter(|it| it["failure"].is_null()).collect();
            conserved(&state, &customer, &invoices, &charges, &mut say);
            paid_once(&invoices, &charges, &mut say);
            ids.extend(invoices.iter().map(|invoice| text(&invoice["id"])));
        }
        let ours = OurMoney::read(&self.world.services, company.org, &ids, &company.quotes).await;
        differences(&self.world, &ids, &ours).into_iter().for_each(&mut say);
        self.judge_debts(company, &ids, &mut say).await;
        judge_quotes(&ours, &ids, &mut say);
        self.judge_money_letters(company, &mut say);
    }

    /// A case is open for each invoice that is owed, and for no other.
    async fn judge_debts(&self, company: &Company, ids: &[String], say: &mut impl FnMut(String)) {
        let control = self.world.sandbox.control();
        let ours = Ours::read(&self.world.services, company.org, &[]).await;
        let known: BTreeSet<&str> = ours.owed.iter().map(|invoice| invoice.id.as_str()).collect();
        let waiting: Vec<String> = customers_of(&self.world, company.org)
            .iter()
            .flat_map(|customer| Theirs::all(&self.world, customer))
            .filter(|it| it.waiting.is_some())
            .map(|it| text(&control.subscription(&it.id).unwrap()["latest_invoice"]))
            .collect();
        for id in ids {
            let it = control.object(id).unwrap();
            let tried = it["attempt_count"].as_u64() > Some(0);
            let late = it["status"] == "uncollectible" || (it["status"] == "open" && tried);
            let remains = it["amount_remaining"].as_i64() > Some(0);
            let owed = late && remains && it["billing_reason"] != "subscription_create" && !waiting.contains(id);
            if owed != known.contains(id.as_str()) {
                say(format!("invoice {id} is owed: {owed}; a case is open: {}", !owed));
            }
        }
    }

    /// Each step of a payment that does not come is written once to each who is to know.
    fn judge_money_letters(&self, company: &Company, say: &mut impl FnMut(String)) {
        let mut seen = BTreeMap::new();
        for letter in self.world.letters.to(company.owner.email.as_str()) {
            *seen.entry((letter.subject, letter.text)).or_insert(0) += 1;
        }
        for ((subject, text), times) in seen {
            // An owner of one company gets the same words twice only if they were sent twice.
            let money = ["did not go through", "was not paid", "is paid", "needs you to confirm", "renews on"];
            if times > 1 && money.iter().any(|words| subject.contains(words)) {
                say(format!("{times} letters: {subject}: {text}"));
            }
        }
    }
}

/// The invoices of a customer.
pub fn invoices_of(world: &World, customer: &str) -> Vec<String> {
    let state = world.sandbox.control().snapshot().unwrap();
    let all = state["invoices"].as_array().unwrap().iter();
    all.filter(|it| it["customer"] == customer).map(|it| text(&it["id"])).collect()
}

/// Where our mirror of these invoices says something else than the provider.
pub fn differences(world: &World, ids: &[String], ours: &OurMoney) -> Vec<String> {
    let mut found = Vec::new();
    for (id, ours) in ids.iter().zip(&ours.invoices) {
        let theirs = essence_of(&world.sandbox.control().object(id).unwrap());
        let here = ours.as_ref().map_or_else(|| "nothing".to_owned(), essence);
        if here != theirs {
            found.push(format!("invoice {id}: {theirs} at the provider, {here} here"));
        }
    }
    found
}

fn amount(value: &Value) -> i128 {
    i128::from(value.as_i64().unwrap_or_else(|| panic!("an amount and not {value}")))
}

fn total(invoice: &Value) -> i128 {
    invoice["lines"].as_array().unwrap().iter().map(|line| amount(&line["amount"])).sum()
}

/// What is due by card of a final invoice: what its lines come to, less what the balance gave or took.
fn due(invoice: &Value) -> i128 {
    total(invoice) + amount(&invoice["starting_balance"]) - amount(&invoice["ending_balance"])
}

/// What all lines say was charged, is owed, or lies on the balance.
fn conserved(state: &Value, customer: &str, invoices: &[&Value], charges: &[&Value], say: &mut impl FnMut(String)) {
    let one = state["customers"].as_array().unwrap().iter().find(|it| it["id"] == customer).unwrap();
    let balance = amount(&one["balance"]);
    let moved = state["balance_transactions"].as_array().unwrap().iter().filter(|it| it["customer"] == customer);
    let moved: Vec<&Value> = moved.collect();
    let sum: i128 = moved.iter().map(|it| amount(&it["amount"])).sum();
    if sum != balance {
        say(format!("the balance is {balance}, and its movements come to {sum}"));
    }
    let other: i128 = moved
        .iter()
        .filter(|it| it["kind"] == "adjustment" || it["kind"] == "credit_note")
        .map(|it| amount(&it["amount"]))
        .sum();
    let stands = |it: &&&Value| it["finalized_at"].is_i64() && it["status"] != "void";
    let lines: i128 = invoices.iter().filter(stands).map(|it| total(it)).sum();
    let owed: i128 = invoices.iter().filter(stands).filter(|it| it["status"] != "paid").map(|it| due(it)).sum();
    let charged: i128 = charges.iter().map(|it| amount(&it["amount"])).sum();
    if lines + other != charged + owed + balance {
        say(format!("lines {lines}, others {other}; charged {charged}, owed {owed}, balance {balance}"));
    }
}

/// Each invoice was paid by one charge of exactly what was due, or by none if nothing was; no other money was taken.
fn paid_once(invoices: &[&Value], charges: &[&Value], say: &mut impl FnMut(String)) {
    let mut explained = 0;
    for invoice in invoices {
        let of =
            |it: &&&Value| !invoice["payment_intent"].is_null() && it["payment_intent"] == invoice["payment_intent"];
        let taken: Vec<i128> = charges.iter().filter(of).map(|it| amount(&it["amount"])).collect();
        explained += taken.len();
        let wanted = match invoice["status"].as_str() {
            Some("paid") if due(invoice) > 0 => vec![due(invoice)],
            _ => Vec::new(),
        };
        if taken != wanted {
            say(format!("{taken:?} was charged for {wanted:?} of {invoice}"));
        }
    }
    if explained != charges.len() {
        say(format!("{} of {} charges are for no invoice", charges.len() - explained, charges.len()));
    }
}

/// What must be the same of an invoice here and there. What is due of a draft moves with the customer's balance, without a
/// word from the provider; that is settled when it is final.
fn essence(ours: &Invoice) -> String {
    let draft = ours.status == InvoiceStatus::Draft;
    let lines: Vec<i64> = ours.lines.iter().map(|line| line.amount.minor).collect();
    format!(
        "{} {:?} total {} due {} paid {} left {} tries {} next {:?} lines {lines:?}",
        ours.status,
        ours.number,
        ours.total.minor,
        if draft { 0 } else { ours.due.minor },
        ours.paid.minor,
        if draft { 0 } else { ours.remaining.minor },
        ours.attempts,
        ours.next_attempt.map(domain::Timestamp::secs),
    )
}

fn essence_of(theirs: &Value) -> String {
    let lines: Vec<i128> = theirs["lines"]["data"].as_array().unwrap().iter().map(|it| amount(&it["amount"])).collect();
    let draft = theirs["status"] == "draft";
    let next = theirs["next_payment_attempt"].as_i64().filter(|_| theirs["status"] == "open");
    format!(
        "{} {:?} total {} due {} paid {} left {} tries {} next {next:?} lines {lines:?}",
        text(&theirs["status"]),
        theirs["number"].as_str(),
        theirs["total"],
        if draft { 0.into() } else { theirs["amount_due"].clone() },
        theirs["amount_paid"],
        if draft { 0.into() } else { theirs["amount_remaining"].clone() },
        theirs["attempt_count"],
    )
}

/// Each change that was agreed to is over or waits for its payment, and has one invoice of its own that is what was
/// shown.
fn judge_quotes(ours: &OurMoney, ids: &[String], say: &mut impl FnMut(String)) {
    let mut used = BTreeSet::new();
    for quote in &ours.quotes {
        match &quote.state {
            QuoteState::Confirmed { since } => say(format!("{} is on its way since {since:?}", quote.id)),
            QuoteState::Closed { outcome: QuoteOutcome::Applied, invoice: Some(invoice), .. } => {
                if !ids.contains(&invoice.0) || !used.insert(invoice.0.clone()) {
                    say(format!("{} has invoice {invoice}, which is none of its own", quote.id));
                }
                if !quote.compared.as_ref().is_some_and(|compared| compared.contains(r#""same":true"#)) {
                    say(format!("{} is not what was shown: {:?}", quote.id, quote.compared));
                }
                // In the very second in which a period begins, a line may be called after the whole or after the rest
                // of it: the money is the same.
                if let Some(difference) = &quote.difference {
                    let said: Value = serde_json::from_str(difference).unwrap();
                    let money = |who: &str| ["total", "due"].map(|name| said[who][name].clone());
                    if money("ours") != money("theirs") {
                        say(format!("{} was reckoned otherwise: {difference}", quote.id));
                    }
                }
            }
            QuoteState::Offered | QuoteState::Waiting { .. } | QuoteState::Closed { .. } => {}
        }
    }
}
