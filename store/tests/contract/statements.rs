//! Every statement is understood by both engines, and none reaches into a tenant's table without its tenant.

use std::collections::BTreeSet;

use crate::world::World;

both_engines! {
    every_statement_is_understood,
    every_statement_names_its_tenant,
}

async fn every_statement_is_understood(world: &World) {
    let mut wrong = Vec::new();
    for statement in store::statements() {
        if let Err(error) = world.prepares(statement.sql).await {
            wrong.push(format!("{}::{}: {error}", statement.module, statement.name));
        }
    }
    assert_eq!(wrong, [""; 0]);
}

/// Every table with a tenant's rows, from the schema itself.
async fn tenant_tables(world: &World) -> BTreeSet<String> {
    let asked = if format!("{:?}", world.store).contains("SQLite") {
        "select m.name from sqlite_master m join pragma_table_info(m.name) c on c.name = 'tenant_id'
         where m.type = 'table'"
    } else {
        "select cast(table_name as text) from information_schema.columns
         where column_name = 'tenant_id' and table_schema = current_schema()"
    };
    world.texts(asked).await.into_iter().flatten().collect()
}

/// The tables that a statement reads or writes, as often as it names them.
fn tables<'s>(words: &[&'s str]) -> Vec<&'s str> {
    words.windows(2).filter(|pair| ["from", "join", "update", "into"].contains(&pair[0])).map(|pair| pair[1]).collect()
}

async fn every_statement_names_its_tenant(world: &World) {
    let tenants = tenant_tables(world).await;
    let expected = [
        "audit_log",
        "billing_contacts",
        "billing_details",
        "cancellations",
        "checkouts",
        "domains",
        "dunning_cases",
        "findings",
        "invitation_links",
        "invitations",
        "invoices",
        "members",
        "notices",
        "organizations",
        "outbox",
        "overlooked",
        "quotes",
        "seat_events",
        "seat_periods",
        "seat_requests",
        "slugs",
        "subscriptions",
        "tombstones",
    ]
    .map(str::to_owned);
    assert_eq!(tenants, BTreeSet::from(expected));

    let mut reached = BTreeSet::new();
    for statement in store::statements() {
        let name = format!("{}::{}", statement.module, statement.name);
        if statement.module.starts_with("store::system") {
            continue;
        }
        let plain = statement.sql.replace(['(', ')', ','], " ");
        let words: Vec<&str> = plain.split_whitespace().collect();
        let touched: Vec<&str> = tables(&words).into_iter().filter(|table| tenants.contains(*table)).collect();
        reached.extend(touched.iter().map(|table| (*table).to_owned()));
        let bound = words
            .windows(3)
            .filter(|three| three[0].rsplit('.').next() == Some("tenant_id") && three[1] == "=" && three[2] == "$1")
            .count();
        // `insert into t (tenant_id, …) values ($1, …)` binds it as the first value.
        let inserted = words.first() == Some(&"insert")
            && words.get(3) == Some(&"tenant_id")
            && words.windows(2).any(|two| two == ["values", "$1"]);
        assert!(
            bound + usize::from(inserted) >= touched.len(),
            "{name} touches {touched:?} and does not say for each `tenant_id = $1`"
        );
        assert!(!touched.is_empty(), "{name} touches no tenant's table; it belongs into `system`");
    }
    assert_eq!(reached, tenants);
}
