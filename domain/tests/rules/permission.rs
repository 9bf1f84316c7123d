//! Who may do what.

use domain::permission::NotPermitted;
use domain::{Permission, Refusal, Role};

/// The whole meaning of the matrix (R3). A changed right is seen in review.
#[test]
fn each_role_may_do_this() {
    let line = |name: &str, cells: [&str; 4]| {
        let [owner, admin, member, viewer] = cells;
        format!("{name:18} {owner:6} {admin:6} {member:6} {viewer:6}").trim_end().to_owned()
    };
    let mut table = vec![line("", Role::ALL.map(Role::as_str))];
    for permission in Permission::ALL {
        let cells = Role::ALL.map(|role| if role.may(permission) { "yes" } else { "-" });
        table.push(line(&format!("{permission:?}"), cells));
    }
    insta::assert_snapshot!(table.join("\n"));
}

#[test]
fn a_mightier_role_may_do_all_that_a_lesser_one_may() {
    for pair in Role::ALL.windows(2) {
        for permission in Permission::ALL {
            assert!(pair[0].may(permission) || !pair[1].may(permission), "{pair:?} {permission:?}");
        }
    }
}

#[test]
fn all_permissions_are_listed_once() {
    let different: std::collections::HashSet<_> = Permission::ALL.into_iter().collect();
    assert_eq!(different.len(), Permission::ALL.len());
}

#[test]
fn nobody_grants_a_role_above_their_own() {
    for (at, role) in Role::ALL.into_iter().enumerate() {
        for (other_at, other) in Role::ALL.into_iter().enumerate() {
            assert_eq!(role.may_grant(other), other_at >= at, "{role} grants {other}");
        }
    }
}

#[test]
fn a_role_is_read_as_it_is_written_and_nothing_else_is_one() {
    for role in Role::ALL {
        assert_eq!(role.as_str().parse(), Ok(role));
        assert_eq!(serde_json::to_string(&role).expect("json"), format!("\"{role}\""));
    }
    for word in ["", "Owner", "root", "superuser", " owner"] {
        assert!(word.parse::<Role>().is_err(), "{word}");
    }
}

/// Each sentence that somebody can get who may not.
#[test]
fn a_refusal_says_who_may() {
    let mut lines = String::new();
    for role in Role::ALL {
        for permission in Permission::ALL.into_iter().filter(|permission| !role.may(*permission)) {
            lines += &Refusal::from(NotPermitted { role, permission }).what;
            lines += "\n";
        }
    }
    insta::assert_snapshot!(lines);
}
