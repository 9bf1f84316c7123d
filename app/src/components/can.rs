//! Shows what a role may do, by the same table that the server asks.

use domain::{Permission, Role};
use leptos::prelude::*;

/// Draws its children only for roles that have the permission.
#[component]
pub fn Can(
    /// Who looks.
    role: Role,
    /// For what.
    permission: Permission,
    /// What they may do.
    children: Children,
) -> impl IntoView {
    role.may(permission).then(children)
}
