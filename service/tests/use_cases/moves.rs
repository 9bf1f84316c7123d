//! The operator moves subscribers: with a preview, without a charge that nobody asked for, once.

use domain::view::AuditQuery;
use domain::{Catalog, Plan, Subscription, SubscriptionStatus as Status};
use service::{Caller, Fate, MovePlan, MoveRow, PlanMove};

use crate::stand::{Stand, code};
use crate::till::Mood;

claims! {
    what_is_dearer_or_less_begins_with_the_next_period_and_owners_know;
    what_costs_the_same_and_has_more_is_theirs_at_once;
    who_cannot_be_moved_is_named_with_the_reason_and_the_others_are_moved;
    a_move_whose_answer_was_lost_is_made_once;
    a_swap_whose_answer_was_lost_is_made_once;
    who_is_not_as_they_were_shown_is_left_alone;
    an_owner_undoes_a_move_and_keeps_what_there_is;
    to_another_plan_they_go_with_the_next_period;
    where_they_are_to_go_must_make_sense;
}

const DEFAULT: &str = include_str!("../../../catalog/default.toml");

fn catalog(changes: &[(&str, &str)]) -> Catalog {
    let mut text = DEFAULT.to_owned();
    for (from, to) in changes {
        assert!(text.contains(from), "{from}");
        text = text.replacen(from, to, 1);
    }
    Catalog::parse("test.toml", &text).unwrap_or_else(|no| panic!("{no}"))
}

/// Team for less people and more money.
fn dearer() -> Catalog {
    catalog(&[
        ("included = 20, max = 20", "included = 2, max = 2"),
        ("name = \"Projects\", limit = 10 ", "name = \"Projects\", limit = 3 "),
        ("base = 9_900", "base = 12_900"),
    ])
}

/// Team with more in it.
fn better() -> Catalog {
    catalog(&[
        ("included = 20, max = 20", "included = 30, max = 30"),
        ("name = \"Projects\", limit = 10 ", "name = \"Projects\", limit = 25 "),
    ])
}

/// The organization `slug` has Team as it was first.
async fn on_team(stand: &Stand, slug: &str, interval: &str) -> Caller {
    stand.s.record_plans().await.unwrap();
    let owner = stand.sign_up(&format!("owner@{slug}.test")).await;
    stand.create(&owner, slug, slug).await.unwrap();
    let (plan, interval) = ("team".to_owned(), interval.to_owned());
    let wish = service::StartCheckout { plan, interval, currency: None, seats: 1 };
    let url = service::start_checkout(&stand.s, &owner, slug, wish).await.unwrap();
    let (page, _) = stand.till.pay(&url);
    service::finish_checkout(&stand.s, &owner, slug, &page).await.unwrap();
    stand.settle().await;
    owner
}

async fn sell(stand: &mut Stand, catalog: Catalog) {
    stand.sell(catalog);
    stand.s.record_plans().await.unwrap();
}

fn team(stand: &Stand) -> Plan {
    stand.s.catalog().plan(&"team".parse().unwrap()).unwrap().clone()
}

fn said(from: &str, to: Option<&str>) -> MovePlan {
    MovePlan { from: from.to_owned(), to: to.map(str::to_owned), organization: None }
}

async fn preview(stand: &Stand) -> PlanMove {
    service::plan_move(&stand.s, &said("team", Some("team"))).await.unwrap()
}

fn only(how: &PlanMove) -> MoveRow {
    let [row] = how.rows.as_slice() else { panic!("{:?}", how.rows) };
    row.clone()
}

fn words(row: &MoveRow) -> Vec<&str> {
    row.differences.iter().map(|difference| difference.words.as_str()).collect()
}

fn bought(stand: &Stand) -> Subscription {
    stand.till.inside().subscriptions[0].subscription.clone()
}

async fn subjects(stand: &Stand, part: &str) -> usize {
    let letters = stand.letters("owner@acme.test").await;
    letters.iter().filter(|letter| letter.subject.contains(part)).count()
}

async fn asked(stand: &Stand, owner: &Caller) -> usize {
    let log = service::audit_log(&stand.s, owner, "acme", &AuditQuery::default(), None).await.unwrap();
    log.lines.iter().filter(|line| line.action == "subscription.move_asked").count()
}

async fn what_is_dearer_or_less_begins_with_the_next_period_and_owners_know(mut stand: Stand) {
    let owner = on_team(&stand, "acme", "month").await;
    for name in ["b", "c"] {
        stand.pass(std::time::Duration::from_secs(1));
        stand.join(&owner, &format!("{name}@acme.test"), "member").await;
    }
    let first = team(&stand).fingerprint();
    sell(&mut stand, dearer()).await;
    let how = service::plan_move(&stand.s, &said(&format!("team@{}", &first[..6]), Some("team"))).await.unwrap();
    let row = only(&how);
    let until = bought(&stand).period.until;
    assert_eq!((&row.fate, row.from.as_str()), (&Fate::At(until), &*format!("team@{first}")));
    let (now, then, _) = row.price.unwrap();
    assert_eq!((now.to_string().as_str(), then.to_string().as_str()), ("$99.00", "$129.00"));
    assert_eq!(words(&row), ["Seats: 20 to 2", "Projects: 10 to 3"]);
    assert_eq!(row.rest.iter().map(ToString::to_string).collect::<Vec<_>>(), ["c@acme.test"]);
    assert_eq!((bought(&stand).scheduled, asked(&stand, &owner).await), (None, 0), "it was only shown");

    assert_eq!(service::move_subscriber(&stand.s, &how, &row).await.unwrap(), Fate::At(until));
    let next = bought(&stand).scheduled.unwrap();
    assert_eq!((next.version, next.total, next.moved), (Some(team(&stand).fingerprint()), Some(then), true));
    {
        let inside = stand.till.inside();
        assert_eq!((inside.changes, inside.swaps.len()), (0, 0));
    }
    let view = stand.billing(&owner).await;
    assert_eq!(view.desk.seats.limit.cap(), Some(20), "until then nothing changes");
    let next = view.course.unwrap().next.unwrap();
    assert_eq!((next.other, next.moved, next.total), (true, true, Some(then)));
    assert_eq!(next.differences, ["Seats: 20 to 2", "Projects: 10 to 3"]);
    assert_eq!(asked(&stand, &owner).await, 1);
    let letters = stand.letters("owner@acme.test").await;
    let letter = letters.iter().find(|letter| letter.subject.starts_with("Team of acme changes on")).unwrap();
    for part in ["$129.00 a month", "Projects: 10 to 3", "can undo this"] {
        assert!(letter.text.contains(part), "{part}: {}", letter.text);
    }

    let again = preview(&stand).await;
    assert_eq!(only(&again).fate, Fate::Arranged(until));
    service::move_subscriber(&stand.s, &again, &only(&again)).await.unwrap();
    assert_eq!(service::move_subscriber(&stand.s, &how, &row).await.unwrap(), Fate::Arranged(until), "an old preview");
    assert_eq!((asked(&stand, &owner).await, subjects(&stand, "changes on").await), (1, 1), "nobody is moved twice");
}

async fn what_costs_the_same_and_has_more_is_theirs_at_once(mut stand: Stand) {
    let owner = on_team(&stand, "acme", "year").await;
    sell(&mut stand, better()).await;
    let before = bought(&stand);
    let how = preview(&stand).await;
    assert_eq!((only(&how).fate, words(&only(&how))), (Fate::AtOnce, vec!["Seats: 20 to 30", "Projects: 10 to 25"]));
    service::move_subscriber(&stand.s, &how, &only(&how)).await.unwrap();
    let view = stand.billing(&owner).await;
    assert_eq!((view.desk.seats.limit.cap(), view.plan.fingerprint()), (Some(30), team(&stand).fingerprint()));
    let now = bought(&stand);
    assert_eq!((now.period, now.scheduled, stand.till.inside().changes), (before.period, None, 0));
    assert_eq!((asked(&stand, &owner).await, subjects(&stand, "There is more in Team").await), (1, 1));
    assert_eq!(preview(&stand).await.rows, [], "it has what is sold");
}

/// What somebody does at the provider.
type Deed = fn(&mut Subscription);

async fn who_cannot_be_moved_is_named_with_the_reason_and_the_others_are_moved(mut stand: Stand) {
    let ill: [(&str, &str, Deed); 5] = [
        ("owing", "move-payment-due", |it| it.status = Status::PastDue),
        ("leaving", "move-ends", |it| it.ends_at = Some(it.period.until)),
        ("resting", "move-paused", |it| it.status = Status::Paused),
        ("foreign", "move-foreign", |it| {
            it.plan = None;
            it.lines.iter_mut().for_each(|line| (line.plan, line.part, line.version) = (None, None, None));
        }),
        ("over", "-", |it| it.status = Status::Canceled),
    ];
    for (at, (slug, _, change)) in ill.iter().enumerate() {
        on_team(&stand, slug, "month").await;
        let theirs = stand.till.inside().subscriptions[at].subscription.clone();
        stand.till.change(&theirs.id, change);
        stand.webhook(&stand.till.event("customer.subscription.updated", &theirs)).await.unwrap();
        stand.settle().await;
    }
    on_team(&stand, "yearly", "year").await;
    on_team(&stand, "well", "month").await;
    let monthly = "[[plan.prices]]\ninterval = \"year\"\ncurrency = \"usd\"\nbase = 95_000\n";
    sell(&mut stand, catalog(&[(monthly, ""), ("base = 9_900", "base = 12_900")])).await;
    let how = preview(&stand).await;
    let fate = |slug: &str| how.rows.iter().find(|row| row.slug.as_str() == slug).unwrap().clone();
    for (slug, no, _) in ill {
        match fate(slug).fate {
            Fate::Blocked(why) => assert_eq!(why.code, no, "{slug}"),
            other => assert_eq!((slug, other), ("over", Fate::Over)),
        }
    }
    let Fate::Blocked(why) = fate("yearly").fate else { panic!("{:?}", fate("yearly")) };
    assert_eq!(why.code, "move-not-sold");
    let mut moved = 0;
    for row in &how.rows {
        moved += u32::from(matches!(service::move_subscriber(&stand.s, &how, row).await, Ok(Fate::At(_))));
    }
    assert_eq!(moved, 1);
    let arranged = stand.till.inside().subscriptions.iter().filter(|it| it.subscription.scheduled.is_some()).count();
    assert_eq!(arranged, 1);

    let narrow = MovePlan { organization: Some("well".parse().unwrap()), ..said("team", Some("team")) };
    let one = service::plan_move(&stand.s, &narrow).await.unwrap();
    assert_eq!((only(&one).slug.as_str(), matches!(only(&one).fate, Fate::Arranged(_))), ("well", true));
    let nobody = MovePlan { organization: Some("nobody".parse().unwrap()), ..said("team", Some("team")) };
    assert_eq!(code(service::plan_move(&stand.s, &nobody).await), "not-found");
}

async fn a_move_whose_answer_was_lost_is_made_once(mut stand: Stand) {
    let owner = on_team(&stand, "acme", "month").await;
    sell(&mut stand, dearer()).await;
    let how = preview(&stand).await;
    // The look goes well, the price is found, and the answer to the deed is lost.
    stand.till.mood_after(2, Mood::Mumbling);
    assert_eq!(code(service::move_subscriber(&stand.s, &how, &only(&how)).await), "payments-away");
    stand.till.mood(Mood::Well);
    assert!(bought(&stand).scheduled.is_some(), "though it was done");
    let again = preview(&stand).await;
    let fate = service::move_subscriber(&stand.s, &again, &only(&again)).await.unwrap();
    assert_eq!(fate, Fate::Arranged(bought(&stand).period.until));
    assert_eq!(stand.billing(&owner).await.course.unwrap().next.map(|next| next.moved), Some(true));
    assert_eq!((asked(&stand, &owner).await, subjects(&stand, "changes on").await), (1, 1));
}

async fn a_swap_whose_answer_was_lost_is_made_once(mut stand: Stand) {
    let owner = on_team(&stand, "acme", "month").await;
    sell(&mut stand, better()).await;
    let how = preview(&stand).await;
    stand.till.mood_after(2, Mood::Mumbling);
    assert_eq!(code(service::move_subscriber(&stand.s, &how, &only(&how)).await), "payments-away");
    stand.till.mood(Mood::Well);
    let again = preview(&stand).await;
    assert_eq!(only(&again).fate, Fate::AtOnce, "as far as the mirror knows");
    assert_eq!(service::move_subscriber(&stand.s, &again, &only(&again)).await.unwrap(), Fate::There);
    assert_eq!(stand.till.inside().swaps.len(), 1);
    assert_eq!(stand.billing(&owner).await.desk.seats.limit.cap(), Some(30));
    assert_eq!((asked(&stand, &owner).await, subjects(&stand, "There is more in Team").await), (1, 1));
}

async fn who_is_not_as_they_were_shown_is_left_alone(mut stand: Stand) {
    let owner = on_team(&stand, "acme", "month").await;
    stand.join(&owner, "b@acme.test", "member").await;
    sell(&mut stand, dearer()).await;
    let how = preview(&stand).await;
    assert_eq!(only(&how).rest, []);
    stand.join(&owner, "c@acme.test", "member").await;
    assert_eq!(code(service::move_subscriber(&stand.s, &how, &only(&how)).await), "move-changed");
    assert_eq!((bought(&stand).scheduled, asked(&stand, &owner).await), (None, 0));
    // The provider knows of an end that has not reached us.
    let how = preview(&stand).await;
    stand.till.change(&bought(&stand).id, |it| it.ends_at = Some(it.period.until));
    assert_eq!(code(service::move_subscriber(&stand.s, &how, &only(&how)).await), "move-ends");
    assert_eq!(bought(&stand).scheduled, None);
}

async fn an_owner_undoes_a_move_and_keeps_what_there_is(mut stand: Stand) {
    let owner = on_team(&stand, "acme", "month").await;
    sell(&mut stand, catalog(&[("base = 9_900", "base = 12_900"), ("base = 49_900", "base = 4_900")])).await;
    let how = preview(&stand).await;
    service::move_subscriber(&stand.s, &how, &only(&how)).await.unwrap();
    service::undo_change(&stand.s, &owner, "acme").await.unwrap();
    assert_eq!((bought(&stand).scheduled, subjects(&stand, "stays on Team").await), (None, 1));
    assert!(matches!(only(&preview(&stand).await).fate, Fate::At(_)), "the next run would move them again");
    // What an owner arranges is the owner's.
    let said = service::later(&stand.s, &owner, "acme", "enterprise", "month").await.unwrap();
    service::schedule_change(&stand.s, &owner, "acme", "enterprise", "month", &said.hash).await.unwrap();
    let Fate::Blocked(why) = only(&preview(&stand).await).fate else { panic!("it is arranged") };
    assert_eq!(why.code, "move-arranged");
    assert_eq!(bought(&stand).scheduled.map(|next| next.moved), Some(false));
}

async fn to_another_plan_they_go_with_the_next_period(mut stand: Stand) {
    let owner = on_team(&stand, "acme", "month").await;
    let legacy = "visibility = \"legacy\"\nsuccessor = \"enterprise\"\n";
    sell(&mut stand, catalog(&[("highlighted = true\n", legacy)])).await;
    let how = service::plan_move(&stand.s, &said("team", None)).await.unwrap();
    let row = only(&how);
    assert_eq!(row.price.map(|(_, then, _)| then.to_string()).as_deref(), Some("$499.00"));
    assert!(matches!(service::move_subscriber(&stand.s, &how, &row).await, Ok(Fate::At(_))));
    let next = stand.billing(&owner).await.course.unwrap().next.unwrap();
    assert_eq!((next.plan.as_deref(), next.moved), (Some("Enterprise"), true));
    assert_eq!(subjects(&stand, "We change acme to Enterprise on").await, 1);
}

async fn where_they_are_to_go_must_make_sense(stand: Stand) {
    on_team(&stand, "acme", "month").await;
    let own = format!("team@{}", team(&stand).fingerprint());
    let tries = [
        ("nothing", Some("team"), "move-from-unknown"),
        ("team@zz", Some("team"), "move-version-unknown"),
        ("team", None, "move-to-missing"),
        ("team", Some("nothing"), "move-to-unknown"),
        ("team", Some("free"), "move-to-unsold"),
        (&own, Some("team"), "move-to-same"),
    ];
    for (from, to, no) in tries {
        assert_eq!(code(service::plan_move(&stand.s, &said(from, to)).await), no, "{from} {to:?}");
    }
    assert_eq!(preview(&stand).await.rows, [], "everybody has it");
    let acme = MovePlan { organization: Some("acme".parse().unwrap()), ..said("premium", Some("team")) };
    assert_eq!(code(service::plan_move(&stand.s, &acme).await), "move-other-plan");
}
