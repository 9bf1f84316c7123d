//! What only time does. Everything that is due happens at its own moment and in the order of the moments, however far
//! time has jumped. Nothing is queued: what is next is read off the objects themselves, so nothing is ever stale.

use super::invoice::{Invoice, Status as InvoiceStatus};
use super::subscription::{Status, Subscription};
use super::{
    Engine, HOUR, checkout, collection, invoice_change, invoice_finalize, pause, pending_update, renewal, schedule,
    subscription, test_clock, trial,
};
use crate::state::{Outcome, State};

const DAY: i64 = 24 * HOUR;
/// How long a first invoice waits for its money.
const PATIENCE: i64 = 23 * HOUR;
/// How long a draft waits for an endpoint that does not take the news of it.
const LONGEST_DRAFT: i64 = 72 * HOUR;

/// How often the same thing may be due at the same moment. More than that is a mistake of ours, and no reason to hang.
const MOST_TIMES: u32 = 32;

/// What happens next. At one moment, in this order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum What {
    /// A payment page closes.
    ClosePage,
    /// A subscription ends that was to end.
    Cancel,
    /// A phase of a schedule is over.
    EndPhase,
    /// A first invoice was not paid in time.
    GiveUpFirst,
    /// A change was not paid in time.
    GiveUpChange,
    /// Collection goes on after a pause.
    EndPause,
    /// A trial ends in three days.
    WarnOfTrialEnd,
    /// A renewal comes in a week.
    WarnOfRenewal,
    /// A period ends.
    Renew,
    /// Pending items are billed between two renewals.
    BillPending,
    /// A draft becomes final, and is collected.
    Finalize,
    /// An invoice that was refused is tried again.
    Retry,
}

/// When, what, and to which object.
type Timer = (i64, What, String);

/// Lets everything happen that is due until `until`, on the world's time or on that of a test clock. Leaves the
/// engine's time at the last thing that happened.
pub fn run(engine: &mut Engine, clock: Option<&str>, settled: i64, until: i64) {
    let mut at = settled;
    let (mut last, mut again) = (None, 0);
    while let Some((due, what, id)) = next(engine.state, clock).filter(|(due, ..)| *due <= until) {
        let this = (due, what, id.clone());
        again = if last.as_ref() == Some(&this) { again + 1 } else { 0 };
        if again > MOST_TIMES {
            tracing::error!(?what, id, due, "what was due has happened and is still due; nothing further happens");
            return;
        }
        last = Some(this);
        // What became due by a change of the past happens now.
        at = at.max(due);
        engine.now = at;
        happen(engine, what, &id);
    }
}

fn happen(engine: &mut Engine, what: What, id: &str) {
    match what {
        What::ClosePage => checkout::close(engine, id),
        What::Cancel => subscription::end(engine, id, "cancellation_requested"),
        What::EndPhase => schedule::advance(engine, id),
        What::GiveUpFirst => give_up_first(engine, id),
        What::GiveUpChange => pending_update::discard(engine, id),
        What::EndPause => pause::end_collection_pause(engine, id),
        What::WarnOfTrialEnd => trial::warn(engine, id),
        What::WarnOfRenewal => renewal::announce_upcoming(engine, id),
        What::Renew => renewal::renew(engine, id),
        What::BillPending => renewal::bill_pending(engine, id),
        What::Finalize => finalize(engine, id),
        What::Retry => {
            let scheduled = collection::Attempt { scheduled: true, ..collection::Attempt::default() };
            collection::attempt(engine, id, &scheduled);
        }
    }
}

/// The earliest thing that is to happen. Of two at one moment, the kind decides, then which object is older.
fn next(state: &State, clock: Option<&str>) -> Option<Timer> {
    let mut first: Option<(i64, What, &str)> = None;
    let mut offer = |at: Option<i64>, what: What, id| {
        let Some(at) = at else { return };
        if first.is_none_or(|(then, before, _)| (at, what) < (then, before)) {
            first = Some((at, what, id));
        }
    };
    let ours = |customer: Option<&str>| test_clock::of(state, customer) == clock;
    for page in state.sessions.iter().filter(|page| page.status == checkout::Status::Open) {
        if ours(page.customer.as_deref()) {
            offer(Some(page.expires_at), What::ClosePage, &page.id);
        }
    }
    for subscription in state.subscriptions.iter().filter(|s| !s.is_ended() && ours(Some(&s.customer))) {
        for (at, what) in of_subscription(subscription) {
            offer(at, what, &subscription.id);
        }
    }
    for plan in state.schedules.iter().filter(|plan| ours(Some(&plan.customer))) {
        offer(plan.phase_end(), What::EndPhase, &plan.id);
    }
    for invoice in state.invoices.iter().filter(|i| i.auto_advance && ours(Some(&i.customer))) {
        match invoice.status {
            InvoiceStatus::Draft => offer(finalizes_at(state, invoice), What::Finalize, &invoice.id),
            InvoiceStatus::Open => offer(invoice.next_payment_attempt, What::Retry, &invoice.id),
            _ => {}
        }
    }
    first.map(|(at, what, id)| (at, what, id.to_owned()))
}

fn of_subscription(s: &Subscription) -> [(Option<i64>, What); 8] {
    let runs = matches!(s.status, Status::Active | Status::Trialing | Status::PastDue | Status::Unpaid);
    let end = s.items.iter().map(|item| item.current_period_end).min().filter(|_| runs);
    let start = s.items.iter().map(|item| item.current_period_start).min();
    let stays = |end: i64| s.cancel_at.is_none_or(|at| at > end) && s.status != Status::Unpaid;
    let upcoming = end.filter(|end| stays(*end) && s.upcoming_for != Some(*end)).map(|end| end - 7 * DAY);
    let trial = s.trial_end.filter(|_| s.status == Status::Trialing && !s.trial_warned);
    [
        (s.cancel_at, What::Cancel),
        ((s.status == Status::Incomplete).then_some(s.created + PATIENCE), What::GiveUpFirst),
        (s.pending_update.as_ref().map(|update| update.expires_at), What::GiveUpChange),
        (s.pause_collection.as_ref().and_then(|pause| pause.resumes_at), What::EndPause),
        // A shorter trial is warned of at once.
        (trial.map(|end| (end - 3 * DAY).max(s.created)), What::WarnOfTrialEnd),
        (upcoming.filter(|at| start.is_some_and(|start| *at >= start)), What::WarnOfRenewal),
        (end, What::Renew),
        (s.next_pending_invoice.filter(|_| runs), What::BillPending),
    ]
}

/// One hour after it was made; later while an endpoint has refused the news of it. What nobody was asked to take yet
/// holds nothing up.
fn finalizes_at(state: &State, invoice: &Invoice) -> Option<i64> {
    let planned = invoice.automatically_finalizes_at?;
    let of = |d: &&crate::state::Delivery| invoice.created_event.as_ref() == Some(&d.event);
    let refused = state.deliveries.iter().filter(of).any(|d| d.attempts > 0 && d.outcome != Outcome::Delivered);
    Some(if refused { planned.max(invoice.created + LONGEST_DRAFT) } else { planned })
}

fn finalize(engine: &mut Engine, id: &str) {
    invoice_finalize::finalize(engine, id);
    let Some(invoice) = engine.state.invoices.get(id).filter(|i| i.status == InvoiceStatus::Open) else { return };
    let subscription = engine.state.subscriptions.get(&invoice.subscription);
    match subscription.and_then(|s| s.pause_collection.as_ref()).map(|pause| pause.behavior) {
        Some(pause::Behavior::Void) => invoice_change::void_open(engine, id),
        Some(pause::Behavior::MarkUncollectible) => invoice_change::write_off(engine, id),
        Some(pause::Behavior::KeepAsDraft) | None => {
            let scheduled = collection::Attempt { scheduled: true, ..collection::Attempt::default() };
            collection::attempt(engine, id, &scheduled);
        }
    }
}

/// The first invoice is void, and with it the subscription is over.
fn give_up_first(engine: &mut Engine, id: &str) {
    let of = |i: &&Invoice| i.subscription == id && i.status == InvoiceStatus::Open;
    let open: Vec<String> = engine.state.invoices.iter().filter(of).map(|invoice| invoice.id.clone()).collect();
    for invoice in open {
        invoice_change::void_open(engine, &invoice);
    }
    let now = engine.now;
    subscription::change(engine, id, |s| {
        s.status = Status::IncompleteExpired;
        s.ended_at = s.ended_at.or(Some(now));
    });
}
