//! The seat gate: the counters on the organization's row, and the only statements that move them.
//!
//! `active + reserved ≤ cap` holds under any interleaving because a seat is taken by one guarded update, and because
//! whoever takes or frees one first queues up at the organization's row ([`TenantTx::at_the_gate`]). So between there
//! and the commit, nobody else changes who is in the organization, and the order of locks is the same everywhere.

use domain::seat::{SeatsFull, takes_a_seat};
use domain::{Role, SeatCount, SeatLimit};
use sqlx::{query, query_as, query_scalar};

use crate::{StoreError, TenantRead, TenantTx, parse};

statements! {
    /// Changes nothing and locks the row until the end of the transaction, on both engines.
    GATE = "
        update organizations
        set seats_active = seats_active
        where tenant_id = $1
        returning seats_active";

    COUNTERS = "
        select seats_active, seats_reserved, seat_cap, owners, viewers_free
        from organizations
        where tenant_id = $1";

    /// The only statement that moves a seat: $2 more are active, $3 more are reserved, $4 more owners are active. More
    /// than the cap cannot come of it, and fewer than one owner neither; what holds no more than before always fits.
    MOVE = "
        update organizations
        set seats_active = seats_active + $2, seats_reserved = seats_reserved + $3, owners = owners + $4
        where tenant_id = $1
          and (seat_cap is null
               or seats_active + seats_reserved + $2 + $3 <= seat_cap
               or seats_active + seats_reserved + $2 + $3 <= seats_active + seats_reserved)
          and seats_active + $2 >= 0 and seats_reserved + $3 >= 0 and owners + $4 >= 1";
}

/// A move of seats: how many more, or fewer, there are of each afterwards.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Move {
    pub(crate) active: i64,
    pub(crate) reserved: i64,
    pub(crate) owners: i64,
}

/// How a move ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Moved {
    /// It is done.
    Yes,
    /// No seat was free for it.
    Full(SeatsFull),
    /// It would leave no owner.
    LastOwner,
}

/// What the gate keeps, as it is now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Counters {
    pub(crate) count: SeatCount,
    pub(crate) limit: SeatLimit,
    pub(crate) owners: i64,
    pub(crate) viewers_free: bool,
}

impl TenantRead {
    pub(crate) async fn counters(&mut self) -> Result<Counters, StoreError> {
        let (conn, tenant) = self.parts();
        let row: Option<(i64, i64, Option<i64>, i64, bool)> =
            on!(conn, |c| query_as(COUNTERS).bind(tenant).fetch_optional(c).await?);
        let (active, reserved, cap, owners, viewers_free) = row.ok_or(StoreError::NotFound)?;
        Ok(Counters { count: parse::seats(active, reserved)?, limit: parse::limit(cap)?, owners, viewers_free })
    }

    /// Whether a role takes a seat in this organization.
    pub(crate) async fn takes_a_seat(&mut self, role: Role) -> Result<bool, StoreError> {
        Ok(takes_a_seat(role, self.counters().await?.viewers_free))
    }
}

impl TenantTx {
    /// Waits for one's turn: from here to the end of the transaction nobody else changes this organization. Whatever
    /// changes rows that others may change at the same time comes by here first, so that two commands never wait for
    /// each other, in whatever order they do their parts.
    pub(crate) async fn at_the_gate(&mut self) -> Result<(), StoreError> {
        if self.inside() {
            return Ok(());
        }
        let (conn, tenant) = self.parts();
        let open: Option<i64> = on!(conn, |c| query_scalar(GATE).bind(tenant).fetch_optional(c).await?);
        open.ok_or(StoreError::NotFound)?;
        self.go_inside();
        Ok(())
    }

    /// Moves seats, if they may be moved so.
    pub(crate) async fn move_seats(&mut self, by: Move) -> Result<Moved, StoreError> {
        if by == Move::default() {
            return Ok(Moved::Yes);
        }
        let (conn, tenant) = self.parts();
        let moved = on!(conn, |c| {
            query(MOVE).bind(tenant).bind(by.active).bind(by.reserved).bind(by.owners).execute(c).await?.rows_affected()
        });
        if moved == 1 {
            return Ok(Moved::Yes);
        }
        let Counters { count, limit, owners, .. } = self.counters().await?;
        if owners + by.owners < 1 {
            return Ok(Moved::LastOwner);
        }
        match count.admit(limit) {
            Err(full) if by.active + by.reserved > 0 => Ok(Moved::Full(full)),
            _ => Err(StoreError::inconsistent("seats", format!("{by:?} was not done at {count:?}"))),
        }
    }

    /// Moves seats in a way that cannot be refused.
    pub(crate) async fn must_move(&mut self, by: Move) -> Result<(), StoreError> {
        match self.move_seats(by).await? {
            Moved::Yes => Ok(()),
            no => Err(StoreError::inconsistent("seats", format!("{by:?} ended with {no:?}"))),
        }
    }
}
