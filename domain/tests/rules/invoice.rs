//! Invoices: what is owed, what is told, what stands on them.

use std::time::Duration;

use domain::billing_details::{Address, BillingDetails, DetailsError};
use domain::dunning::{Case, Move, Step, next};
use domain::invoice::BillingReason;
use domain::subscription::{Believe, ProviderCustomerId, ProviderInvoiceId};
use domain::tax_id::{TaxId, TaxIdKind};
use domain::time::Period;
use domain::{Access, Currency, Invoice, InvoiceStatus, Money, Timestamp};
use proptest::prelude::*;

const NOW: Timestamp = Timestamp::from_secs(1_800_000_000);
const DAY: Duration = Duration::from_hours(24);

fn invoice(status: InvoiceStatus, attempts: u32) -> Invoice {
    let money = |minor| Money::new(minor, Currency::USD);
    Invoice {
        id: ProviderInvoiceId("in_1".to_owned()),
        customer: ProviderCustomerId("cus_1".to_owned()),
        subscription: None,
        number: None,
        status,
        reason: BillingReason::Cycle,
        subtotal: money(100),
        total: money(100),
        balance: money(0),
        due: money(100),
        paid: money(0),
        remaining: money(100),
        refunded: money(0),
        credited: money(0),
        disputed: false,
        card: None,
        needs_confirmation: false,
        attempts,
        next_attempt: None,
        period: Period { from: NOW, until: NOW },
        created_at: NOW,
        due_at: None,
        finalized_at: None,
        paid_at: None,
        page: None,
        pdf: None,
        payments: Vec::new(),
        lines: Vec::new(),
        fetched_at: NOW,
    }
}

#[test]
fn only_what_should_have_been_paid_is_owed() {
    use InvoiceStatus as S;
    let owed = |invoice: &Invoice| invoice.is_owed(None, NOW);
    for status in InvoiceStatus::ALL {
        assert_eq!(owed(&invoice(status, 1)), matches!(status, S::Open | S::Uncollectible), "{status}");
        assert_eq!(owed(&invoice(status, 0)), status == S::Uncollectible, "{status}, not tried");
    }
    let open = invoice(S::Open, 1);
    assert!(!open.is_owed(Some(&open.id), NOW), "a change that waits for its payment");
    assert!(!owed(&Invoice { reason: BillingReason::Create, ..open.clone() }), "an unfinished purchase");
    assert!(!owed(&Invoice { remaining: Money::zero(Currency::USD), ..open.clone() }), "nothing is left");
    let by_mail = |due| Invoice { due_at: Some(due), ..invoice(S::Open, 0) };
    assert!(owed(&by_mail(NOW)) && !owed(&by_mail(NOW.plus(DAY))));
    assert!(owed(&Invoice { needs_confirmation: true, ..invoice(S::Open, 0) }));
}

#[test]
fn each_step_is_told_where_it_belongs() {
    let (open, paid) = (invoice(InvoiceStatus::Open, 2), invoice(InvoiceStatus::Paid, 2));
    let told = |at| Some(Case { opened_at: NOW.minus(DAY * 3), told_at: Some(at) });
    assert_eq!(next(None, &open, true, false, NOW), (Move::Open, Some(Step::Failed(2))));
    assert_eq!(next(told(NOW.minus(DAY)), &open, true, false, NOW), (Move::Stay, Some(Step::Failed(2))));
    let lately = NOW.minus(DAY).plus(Duration::from_secs(1));
    assert_eq!(next(told(lately), &open, true, false, NOW), (Move::Stay, None));
    assert_eq!(next(told(lately), &open, true, true, NOW), (Move::Stay, Some(Step::Ended)), "an end does not wait");
    let asks = Invoice { needs_confirmation: true, ..open.clone() };
    assert_eq!(next(None, &asks, true, false, NOW), (Move::Open, Some(Step::Confirm)));
    assert_eq!(next(told(NOW), &paid, false, false, NOW), (Move::Close, Some(Step::Recovered)));
    let void = invoice(InvoiceStatus::Void, 2);
    assert_eq!(next(told(NOW), &void, false, false, NOW), (Move::Close, None), "nothing was paid");
    assert_eq!(next(None, &paid, false, false, NOW), (Move::Stay, None));
    let keys = [Step::Failed(1), Step::Failed(2), Step::Confirm, Step::Recovered, Step::Ended].map(|s| s.key(&open));
    assert_eq!(keys.iter().collect::<std::collections::BTreeSet<_>>().len(), keys.len());
}

#[test]
fn what_is_paid_or_void_stays_so_and_otherwise_the_later_snapshot_counts() {
    use InvoiceStatus as S;
    let at = |status, seconds| Invoice { fetched_at: Timestamp::from_secs(seconds), ..invoice(status, 1) };
    assert_eq!(Invoice::believe(Some(&at(S::Paid, 1)), &at(S::Open, 9)), Believe::Ended);
    assert_eq!(Invoice::believe(Some(&at(S::Open, 9)), &at(S::Paid, 1)), Believe::Yes);
    assert_eq!(Invoice::believe(Some(&at(S::Uncollectible, 9)), &at(S::Open, 1)), Believe::Older);
    assert_eq!(Invoice::believe(Some(&at(S::Paid, 9)), &at(S::Paid, 1)), Believe::Older);
    assert_eq!(Invoice::believe(None, &at(S::Draft, 0)), Believe::Yes);
}

#[test]
fn who_owes_does_not_grow_and_who_owes_too_long_only_reads() {
    let grace = DAY * 21;
    let since = Some(NOW.minus(grace));
    let fresh = Some(NOW.minus(grace).plus(Duration::from_secs(1)));
    for access in [Access::Full, Access::NoGrowth, Access::ReadOnly, Access::Free] {
        assert_eq!(access.in_arrears(None, grace, NOW), access, "nothing is owed");
    }
    assert_eq!(Access::NoGrowth.in_arrears(fresh, grace, NOW), Access::NoGrowth);
    assert_eq!(Access::NoGrowth.in_arrears(since, grace, NOW), Access::ReadOnly);
    assert_eq!(Access::Full.in_arrears(since, grace, NOW), Access::NoGrowth, "written off, and still owed");
    assert_eq!(Access::Free.in_arrears(since, grace, NOW), Access::Free);
    assert_eq!(Access::ReadOnly.in_arrears(since, grace, NOW), Access::ReadOnly);
}

#[test]
fn tax_numbers_are_read_as_people_write_them() {
    for kind in TaxIdKind::ALL {
        let read = TaxId::read(kind, kind.example()).unwrap_or_else(|_| panic!("{kind}"));
        assert_eq!(read.number, kind.example(), "{kind}");
        assert_eq!(kind.as_str().parse::<TaxIdKind>().ok(), Some(kind));
        for wrong in ["", "1", "DE", "DE12345678X", "12345678901234567890"] {
            assert!(TaxId::read(kind, wrong).is_err(), "{kind}: {wrong}");
        }
    }
    assert_eq!(TaxId::read(TaxIdKind::EuVat, " de 123.456-789 ").unwrap().number, "DE123456789");
    assert_eq!(TaxId::read(TaxIdKind::ChVat, "che-123.456.789 tva").unwrap().number, "CHE-123.456.789 TVA");
    assert!(TaxId::read(TaxIdKind::AuAbn, "51824753557").is_err(), "the check digits say no");
    assert!(TaxId::read(TaxIdKind::EuVat, "GB123456789").is_err(), "no country of the union");
}

#[test]
fn an_address_needs_its_country_and_each_line_its_end() {
    let at = |address| BillingDetails { address, ..BillingDetails::default() };
    let city = || Address { city: "Ulm".to_owned(), ..Address::default() };
    assert_eq!(at(city()).read(), Err(DetailsError::CountryMissing));
    assert_eq!(at(Address { country: "Germany".to_owned(), ..city() }).read(), Err(DetailsError::Country));
    assert_eq!(at(Address { country: " de".to_owned(), ..city() }).read().unwrap().address.country, "DE");
    assert_eq!(at(Address::default()).read().unwrap(), BillingDetails::default());
    let company = |name: &str| BillingDetails { company: name.to_owned(), ..BillingDetails::default() };
    assert_eq!(company("a\u{7}b").read(), Err(DetailsError::Lines("company")));
    assert_eq!(company(&"é".repeat(151)).read(), Err(DetailsError::Long("company", 150)));
    assert_eq!(company(" Acme ").read().unwrap().company, "Acme");
}

proptest! {
    /// What a table says is the amount again, whatever the currency's decimals.
    #[test]
    fn a_plain_amount_is_read_back(minor in any::<i64>(), code in prop::sample::select(vec!["usd", "jpy", "kwd"])) {
        let currency: Currency = code.parse().unwrap();
        let text = Money::new(minor, currency).plain();
        let digits = text.replace('.', "");
        prop_assert_eq!(digits.parse::<i128>().unwrap(), i128::from(minor));
        let decimals = text.split_once('.').map_or(0, |(_, rest)| rest.len());
        prop_assert_eq!(decimals, currency.decimals() as usize);
    }
}
