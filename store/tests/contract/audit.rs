//! The audit log: there if, and only if, the deed is; who, from where and when are not the caller's to say.

use store::{AuditEntry, Visit, Visitor};

use crate::world::{Failed, NOW, World, change};

both_engines! {
    a_deed_that_is_undone_leaves_no_line,
    a_line_says_who_and_from_where,
    founding_an_organization_is_its_first_line,
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
