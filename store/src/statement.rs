//! Every SQL statement is registered where it is written.
//!
//! `statements!` makes the constants of one file and the list of them. [`statements()`] lists them all, and a test
//! prepares each on both engines and refuses one that touches a tenant's table without `tenant_id = $1`, unless it is
//! in `system`. A file's list that is missing below is dead code, which the build refuses.

/// One statement.
#[derive(Clone, Copy, Debug)]
pub struct Statement {
    /// Its name in the code.
    pub name: &'static str,
    /// The module it is written in.
    pub module: &'static str,
    /// Its text, the same for both engines.
    pub sql: &'static str,
}

macro_rules! statements {
    ($($(#[$doc:meta])* $name:ident = $sql:literal;)+) => {
        $($(#[$doc])* const $name: &str = $sql;)+

        /// All statements of this file.
        pub(crate) const STATEMENTS: &[$crate::statement::Statement] = &[
            $($crate::statement::Statement { name: stringify!($name), module: module_path!(), sql: $name }),+
        ];
    };
}

/// All statements of this crate, but for those that `engine` needs to be an engine.
pub fn statements() -> impl Iterator<Item = Statement> {
    use crate::system;
    [
        crate::audit::STATEMENTS,
        crate::audit::adopt::STATEMENTS,
        crate::audit::log::STATEMENTS,
        crate::audit::retention::STATEMENTS,
        crate::audit::verify::STATEMENTS,
        crate::billing_contact::STATEMENTS,
        crate::billing_details::STATEMENTS,
        crate::books::STATEMENTS,
        crate::cancellation::STATEMENTS,
        crate::checkout::STATEMENTS,
        crate::domain::STATEMENTS,
        crate::dunning::STATEMENTS,
        crate::entitlement::STATEMENTS,
        crate::invitation::STATEMENTS,
        crate::invitation_link::STATEMENTS,
        crate::invitation_list::STATEMENTS,
        crate::invoice::STATEMENTS,
        crate::life::STATEMENTS,
        crate::join_request::STATEMENTS,
        crate::member::STATEMENTS,
        crate::member_list::STATEMENTS,
        crate::organization::STATEMENTS,
        crate::outbox::STATEMENTS,
        crate::quote::STATEMENTS,
        crate::overlooked::STATEMENTS,
        crate::role::STATEMENTS,
        crate::seat::STATEMENTS,
        crate::seat_event::STATEMENTS,
        crate::seat_period::STATEMENTS,
        crate::seat_request::STATEMENTS,
        crate::seats_floor::STATEMENTS,
        crate::slug::STATEMENTS,
        crate::subscription::STATEMENTS,
        crate::suspension::STATEMENTS,
        crate::tenancy::STATEMENTS,
        crate::tombstone::STATEMENTS,
        system::DOOR_STATEMENTS,
        system::audit::STATEMENTS,
        system::account::STATEMENTS,
        system::address::STATEMENTS,
        system::billing_contact::STATEMENTS,
        system::dunning::STATEMENTS,
        system::failure::STATEMENTS,
        system::floor::STATEMENTS,
        system::domain::STATEMENTS,
        system::finding::STATEMENTS,
        system::inbox::desk::STATEMENTS,
        system::inbox::finish::STATEMENTS,
        system::inbox::lease::STATEMENTS,
        system::invitation::STATEMENTS,
        system::lock::STATEMENTS,
        system::mailbox::STATEMENTS,
        system::organization::STATEMENTS,
        system::outbox::STATEMENTS,
        system::plan::STATEMENTS,
        system::quote::STATEMENTS,
        system::seat::STATEMENTS,
        system::reset::STATEMENTS,
        system::secret::STATEMENTS,
        system::session::STATEMENTS,
        system::sign_up::STATEMENTS,
        system::tombstone::STATEMENTS,
        system::user::STATEMENTS,
    ]
    .into_iter()
    .flatten()
    .copied()
    .chain(system::inbox::statements())
}
