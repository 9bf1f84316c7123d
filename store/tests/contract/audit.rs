//! The audit log: there if, and only if, the deed is; who, from where and when are not the caller's to say.

use std::time::Duration;

use domain::view::AuditHead;
use store::{AuditEntry, AuditFilter, Break, Chain, Visit, Visitor};

use crate::world::{Failed, NOW, WEEK, World, change, look};

both_engines! {
    a_deed_that_is_undone_leaves_no_line,
    a_line_says_who_and_from_where,
    founding_an_organization_is_its_first_line,
    what_was_written_holds_together,
    lines_written_at_the_same_time_are_one_chain,
    whatever_is_done_to_a_line_in_the_database_is_found,
    removed_reordered_added_and_shortened_lines_are_found,
    old_lines_go_and_the_rest_still_holds_together,
    a_young_line_keeps_the_older_ones_behind_it,
    lines_from_before_the_chain_are_taken_into_it_once,
    lines_are_found_by_who_what_and_when,
}

fn entry(action: &'static str) -> AuditEntry {
    AuditEntry { action, entity: "inv_1".to_owned(), before: None, after: Some(serde_json::json!({ "role": "admin" })) }
}

async fn a_deed_that_is_undone_leaves_no_line(world: &World) {
    let acme = world.acme().await;
    let (lost, kept) = (world.audit(), world.audit());
    let failed: Result<(), Failed> = crate::world::transaction(&acme, NOW, move |tx| {
        Box::pin(async move {
            tx.audit(lost, &entry("invitation.lost")).await?;
            Err(Failed::OnPurpose)
        })
    })
    .await;
    failed.unwrap_err();
    change!(acme, NOW, |tx| tx.audit(kept, &entry("invitation.kept")).await?).unwrap();
    let lines = world.texts("select action from audit_log order by action").await;
    assert_eq!(lines, [Some("invitation.kept".to_owned()), Some("organization.created".to_owned())]);
}

async fn a_line_says_who_and_from_where(world: &World) {
    let owner = world.person("owner@acme.test").await;
    world.company("acme", &owner, 3).await;
    let visit = Visit { ip: Some("192.0.2.7".to_owned()), user_agent: Some("Browser".to_owned()) };
    let visitor = Visitor { user: owner.user, visit };
    let acme = world.store.open(visitor, &"acme".parse().unwrap()).await.unwrap();
    let system = world.store.system().act_for(acme.org(), "a webhook came").await.unwrap();
    let new = world.new_invitation("second@acme.test", domain::Role::Member);
    let hash = new.token_hash;
    change!(acme, NOW, |tx| tx.add_invitation(&new).await?).unwrap();
    let (invited, _) = world.store.system().open_by_invitation(hash, Visit::default()).await.unwrap();
    for (scope, action) in [(&acme, "by.member"), (&system, "by.usher"), (&invited, "by.invited")] {
        let id = world.audit();
        change!(scope, NOW, |tx| tx.audit(id, &entry(action)).await?).unwrap();
    }
    let lines = world
        .texts(
            "select action || ' ' || actor || ' ' || coalesce(actor_user, '-') || ' ' || coalesce(actor_member, '-')
                    || ' ' || coalesce(actor_note, '-') || ' ' || coalesce(ip, '-') || ' ' || coalesce(user_agent, '-')
                    || ' ' || coalesce(after, '-')
             from audit_log where action like 'by.%' order by action",
        )
        .await;
    let member = acme.member().unwrap();
    let expected = [
        "by.invited invited - - second@acme.test - - {\"role\":\"admin\"}".to_owned(),
        format!("by.member member {} {member} - 192.0.2.7 Browser {{\"role\":\"admin\"}}", owner.user),
        "by.usher system - - a webhook came - - {\"role\":\"admin\"}".to_owned(),
    ];
    assert_eq!(lines, expected.map(Some));
}

async fn founding_an_organization_is_its_first_line(world: &World) {
    let acme = world.acme().await;
    let lines = world.texts("select action || ' ' || entity || ' ' || actor_user from audit_log").await;
    let expected = format!("organization.created {} {}", acme.org(), acme.user().unwrap());
    assert_eq!(lines, [Some(expected)]);
}

/// Four lines, and their organization opened.
async fn four_lines(world: &World) -> store::TenantScope {
    let acme = world.acme().await;
    write(world, &acme, &["invitation.one", "invitation.two", "invitation.three"]).await;
    acme
}

async fn write(world: &World, scope: &store::TenantScope, actions: &[&'static str]) {
    for &action in actions {
        let id = world.audit();
        change!(scope, NOW, |tx| tx.audit(id, &entry(action)).await?).unwrap();
    }
}

async fn verify(scope: &store::TenantScope) -> Result<Chain, Break> {
    look!(scope, |tx| tx.verify_audit(None).await?).unwrap()
}

async fn ids(world: &World) -> Vec<String> {
    world.texts("select id from audit_log order by seq").await.into_iter().flatten().collect()
}

async fn what_was_written_holds_together(world: &World) {
    let acme = four_lines(world).await;
    let chain = verify(&acme).await.unwrap();
    assert_eq!((chain.count, chain.dropped), (4, 0));
    let head = chain.head().unwrap();
    assert_eq!(head.to_string().parse(), Ok(head.clone()));
    let lines = look!(acme, |tx| tx.audit_lines(&AuditFilter::default(), None, 10).await?).unwrap();
    assert_eq!(lines.iter().map(|line| line.number).collect::<Vec<_>>(), [4, 3, 2, 1]);
    assert_eq!(lines[0].hash, head.hash);
    // Kept elsewhere, it is found again, however the log goes on; another one is not.
    write(world, &acme, &["invitation.four"]).await;
    let noted = head.clone();
    look!(acme, |tx| tx.verify_audit(Some(&noted)).await?).unwrap().unwrap();
    for wrong in [AuditHead { number: 3, ..head.clone() }, AuditHead { number: 9, ..head.clone() }] {
        let number = wrong.number;
        let found = look!(acme, |tx| tx.verify_audit(Some(&wrong)).await?).unwrap();
        assert_eq!(found, Err(Break::Noted { number }));
    }
}

async fn lines_written_at_the_same_time_are_one_chain(world: &World) {
    let acme = world.acme().await;
    let other = world.company("other", &world.person("owner@other.test").await, 3).await;
    let writers = (0..24).map(|n| {
        let (scope, id) = (if n % 3 == 0 { other.clone() } else { acme.clone() }, world.audit());
        async move { change!(scope, NOW, |tx| tx.audit(id, &entry("invitation.raced")).await?).unwrap() }
    });
    crate::world::all(writers).await;
    assert_eq!(verify(&acme).await.unwrap().count, 17);
    assert_eq!(verify(&other).await.unwrap().count, 9);
}

async fn whatever_is_done_to_a_line_in_the_database_is_found(world: &World) {
    let acme = four_lines(world).await;
    let ids = ids(world).await;
    let changed = |n: usize| Break::Changed { number: i64::try_from(n).unwrap(), id: ids[n - 1].clone() };
    // Each is done, found, and undone.
    let deeds = [
        ("update audit_log set action = 'x' where seq = 2", "action = 'invitation.one'", 2),
        ("update audit_log set entity = 'x' where seq = 2", "entity = 'inv_1'", 2),
        ("update audit_log set before = '{}' where seq = 3", "before = null", 3),
        ("update audit_log set after = null where seq = 3", "after = '{\"role\":\"admin\"}'", 3),
        ("update audit_log set at = at + 1 where seq = 4", "at = at - 1", 4),
        ("update audit_log set actor = 'system' where seq = 4", "actor = 'member'", 4),
        ("update audit_log set actor_note = 'x' where seq = 4", "actor_note = null", 4),
        ("update audit_log set ip = '' where seq = 1", "ip = null", 1),
        ("update audit_log set user_agent = '' where seq = 1", "user_agent = null", 1),
    ];
    for (deed, undo, n) in deeds {
        world.takes(deed).await.unwrap();
        assert_eq!(verify(&acme).await, Err(changed(n)), "{deed}");
        let undo: &'static str = format!("update audit_log set {undo} where seq = {n}").leak();
        world.takes(undo).await.unwrap();
        verify(&acme).await.unwrap();
    }
}

async fn removed_reordered_added_and_shortened_lines_are_found(world: &World) {
    let acme = four_lines(world).await;
    let ids = ids(world).await;
    let does = async |sql: &'static str| world.takes(sql).await.unwrap();
    // Reordered: two lines change places.
    does("update audit_log set seq = case seq when 2 then -2 when 3 then -3 end where seq in (2, 3)").await;
    does("update audit_log set seq = case seq when -2 then 3 when -3 then 2 end where seq < 0").await;
    assert_eq!(verify(&acme).await, Err(Break::Changed { number: 2, id: ids[2].clone() }));
    does("update audit_log set seq = case seq when 2 then -2 when 3 then -3 end where seq in (2, 3)").await;
    does("update audit_log set seq = case seq when -2 then 3 when -3 then 2 end where seq < 0").await;
    // Added: outside of the chain, behind its end, before its beginning.
    let copy = |number: &str| -> &'static str {
        format!(
            "insert into audit_log
             select tenant_id, 'aud_x', at, action, entity, before, after, actor, actor_user, actor_member, actor_note,
                    ip, user_agent, {number}, hash
             from audit_log where seq = 4"
        )
        .leak()
    };
    does(copy("null")).await;
    assert_eq!(verify(&acme).await, Err(Break::Unnumbered { id: "aud_x".to_owned() }));
    does("delete from audit_log where id = 'aud_x'").await;
    for number in ["5", "0", "-7"] {
        does(copy(number)).await;
        let added = Break::Added { number: number.parse().unwrap(), id: "aud_x".to_owned() };
        assert_eq!(verify(&acme).await, Err(added));
        does("delete from audit_log where id = 'aud_x'").await;
    }
    verify(&acme).await.unwrap();
    // Another head.
    does("update organizations set audit_head = (select hash from audit_log where seq = 1)").await;
    assert_eq!(verify(&acme).await, Err(Break::Head));
    does("update organizations set audit_head = (select hash from audit_log where seq = 4)").await;
    // Removed from the middle, from the beginning, from the end.
    does("update audit_log set seq = null where seq = 3").await;
    assert_eq!(verify(&acme).await, Err(Break::Missing { number: 3 }));
    does("delete from audit_log where seq is null").await;
    assert_eq!(verify(&acme).await, Err(Break::Missing { number: 3 }));
    does("delete from audit_log where seq = 4").await;
    assert_eq!(verify(&acme).await, Err(Break::Missing { number: 3 }));
    does("update organizations set audit_count = 2").await;
    assert_eq!(verify(&acme).await, Err(Break::Head));
    does("delete from audit_log where seq = 1").await;
    assert_eq!(verify(&acme).await, Err(Break::Missing { number: 1 }));
}

async fn old_lines_go_and_the_rest_still_holds_together(world: &World) {
    let acme = four_lines(world).await;
    let later = NOW.plus(WEEK);
    let id = world.audit();
    change!(acme, later, |tx| tx.audit(id, &entry("invitation.later")).await?).unwrap();
    let whole = verify(&acme).await.unwrap();
    let old = |days: u64| {
        let plan = crate::world::plan("free");
        async move {
            world
                .store
                .system()
                .organizations_with_old_lines(&plan, None, NOW.plus(Duration::from_hours(24 * days)), 9)
                .await
                .unwrap()
        }
    };
    assert_eq!(old(0).await, []);
    assert_eq!(old(1).await, [acme.org()]);
    let cutoff = NOW.plus(Duration::from_hours(24));
    assert_eq!(change!(acme, later, |tx| tx.drop_audit_before(cutoff).await?).unwrap(), 4);
    assert_eq!(change!(acme, later, |tx| tx.drop_audit_before(cutoff).await?).unwrap(), 0);
    assert_eq!(old(1).await, []);
    let rest = verify(&acme).await.unwrap();
    assert_eq!((rest.count, rest.dropped, rest.head.clone()), (5, 4, whole.head.clone()));
    // Even if nothing is left, the next line hangs on the last that was there.
    assert_eq!(change!(acme, later, |tx| tx.drop_audit_before(later.plus(WEEK)).await?).unwrap(), 1);
    assert_eq!(verify(&acme).await.unwrap().anchor, whole.head);
    write(world, &acme, &["invitation.again"]).await;
    assert_eq!(verify(&acme).await.unwrap().count, 6);
    world.takes("update organizations set audit_dropped = 4").await.unwrap();
    assert_eq!(verify(&acme).await, Err(Break::Missing { number: 5 }));
    world.takes("update organizations set audit_dropped = 5, audit_anchor = audit_head").await.unwrap();
    assert!(matches!(verify(&acme).await, Err(Break::Changed { number: 6, .. })));
}

async fn a_young_line_keeps_the_older_ones_behind_it(world: &World) {
    let acme = world.acme().await;
    // The clock went back between them.
    let (later, id, other) = (NOW.plus(WEEK), world.audit(), world.audit());
    change!(acme, later, |tx| tx.audit(id, &entry("invitation.later")).await?).unwrap();
    change!(acme, NOW, |tx| tx.audit(other, &entry("invitation.earlier")).await?).unwrap();
    assert_eq!(change!(acme, later, |tx| tx.drop_audit_before(later).await?).unwrap(), 1);
    assert_eq!(verify(&acme).await.unwrap().dropped, 1);
    let plan = crate::world::plan("free");
    assert_eq!(world.store.system().organizations_with_old_lines(&plan, None, later, 9).await.unwrap(), []);
}

async fn lines_from_before_the_chain_are_taken_into_it_once(world: &World) {
    let acme = four_lines(world).await;
    let other = world.company("other", &world.person("owner@other.test").await, 3).await;
    let before = ids(world).await;
    world.takes("update audit_log set seq = null, hash = null").await.unwrap();
    world.takes("update organizations set audit_count = 0, audit_head = null").await.unwrap();
    assert!(matches!(verify(&acme).await, Err(Break::Unnumbered { .. })));
    // Nodes that start at the same time.
    let nodes = (0..4).map(|_| {
        let store = world.store.clone();
        async move { store.migrate().await.unwrap() }
    });
    crate::world::all(nodes).await;
    assert_eq!(verify(&acme).await.unwrap().count, 4);
    assert_eq!(verify(&other).await.unwrap().count, 1);
    let mut after = ids(world).await;
    after.sort();
    assert_eq!(after, {
        let mut before = before;
        before.sort();
        before
    });
    // A version from before, still running, writes another; the chain goes on behind it.
    write(world, &acme, &["invitation.new"]).await;
    let old = "update audit_log set seq = null, hash = null where action = 'invitation.new'";
    world.takes(old).await.unwrap();
    world.takes("update organizations set audit_count = 4, audit_head = (select hash from audit_log where seq = 4) where slug = 'acme'").await.unwrap();
    world.store.migrate().await.unwrap();
    assert_eq!(verify(&acme).await.unwrap().count, 5);
}

async fn lines_are_found_by_who_what_and_when(world: &World) {
    let acme = four_lines(world).await;
    let system = world.store.system().act_for(acme.org(), "a webhook came").await.unwrap();
    let (one, two) = (world.audit(), world.audit());
    let percent = AuditEntry { action: "member.removed", entity: "mem_100%_1".to_owned(), before: None, after: None };
    change!(system, NOW.plus(WEEK), |tx| tx.audit(one, &entry("subscription.changed")).await?).unwrap();
    change!(system, NOW.plus(WEEK), |tx| tx.audit(two, &percent).await?).unwrap();
    let found = async |filter: AuditFilter| {
        let lines = look!(acme, |tx| tx.audit_lines(&filter, None, 50).await?).unwrap();
        lines.into_iter().map(|line| line.number).collect::<Vec<_>>()
    };
    let any = AuditFilter::default;
    let text = str::to_owned;
    assert_eq!(found(any()).await, [6, 5, 4, 3, 2, 1]);
    assert_eq!(found(AuditFilter { who: text(" OWNER@acme"), ..any() }).await, [4, 3, 2, 1]);
    assert_eq!(found(AuditFilter { who: text("usher"), ..any() }).await, [6, 5]);
    assert_eq!(found(AuditFilter { who: text("Webhook"), ..any() }).await, [6, 5]);
    assert_eq!(found(AuditFilter { action: text("invitation.two"), ..any() }).await, [3]);
    assert_eq!(found(AuditFilter { action: text("invitation"), ..any() }).await, [4, 3, 2]);
    assert_eq!(found(AuditFilter { about: text("INV_1"), ..any() }).await, [5, 4, 3, 2]);
    assert_eq!(found(AuditFilter { about: text("\"role\":\"admin\""), ..any() }).await, [5, 4, 3, 2]);
    // What looks like a pattern is a text.
    assert_eq!(found(AuditFilter { about: text("100%_"), ..any() }).await, [6]);
    assert_eq!(found(AuditFilter { about: text("%"), ..any() }).await, [6]);
    assert_eq!(found(AuditFilter { about: text("'; drop table audit_log; --\0"), ..any() }).await, [0; 0]);
    assert_eq!(found(AuditFilter { from: Some(NOW.plus(WEEK)), ..any() }).await, [6, 5]);
    assert_eq!(found(AuditFilter { until: Some(NOW.plus(WEEK)), ..any() }).await, [4, 3, 2, 1]);
    let page = look!(acme, |tx| tx.audit_lines(&AuditFilter::default(), Some(5), 2).await?).unwrap();
    assert_eq!(page.iter().map(|line| line.number).collect::<Vec<_>>(), [4, 3]);
}
