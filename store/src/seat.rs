//! The seat gate: the counters on the organization's row, and the only statements that move them.
//!
//! `active + reserved ≤ cap` holds under any interleaving because a seat is taken by one guarded update, and because
//! whoever takes or frees one first queues up at the organization's row ([`TenantTx::at_the_gate`]). So between there
//! and the commit, nobody else changes who is in the organization, and the order of locks is the same everywhere.

use domain::SeatCount;
use domain::seat::SeatsFull;
use sqlx::{query, query_as, query_scalar};

use crate::{StoreError, TenantTx, parse};

statements! {
    /// Changes nothing and locks the row until the end of the transaction, on both engines.
    GATE = "
        update organizations
        set seats_active = seats_active
        where tenant_id = $1
        returning seats_active";

    COUNTERS = "
        select seats_active, seats_reserved, seat_cap
        from organizations
        where tenant_id = $1";

    RESERVE = "
        update organizations
        set seats_reserved = seats_reserved + 1
        where tenant_id = $1 and (seat_cap is null or seats_active + seats_reserved < seat_cap)";

    UNRESERVE = "
        update organizations
        set seats_reserved = seats_reserved - $2
        where tenant_id = $1 and seats_reserved >= $2";

    /// A reserved seat becomes an active one; $2 is 1 for an owner, otherwise 0.
    FILL = "
        update organizations
        set seats_reserved = seats_reserved - 1, seats_active = seats_active + 1, owners = owners + $2
        where tenant_id = $1 and seats_reserved >= 1";

    /// $2 is 1 for an owner, otherwise 0. The last owner cannot go.
    VACATE = "
        update organizations
        set seats_active = seats_active - 1, owners = owners - $2
        where tenant_id = $1 and seats_active >= 1 and owners - $2 >= 1";
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

    /// Reserves a seat, if one is free.
    pub(crate) async fn reserve_seat(&mut self) -> Result<Result<(), SeatsFull>, StoreError> {
        let (conn, tenant) = self.parts();
        let moved = on!(conn, |c| query(RESERVE).bind(tenant).execute(c).await?.rows_affected());
        if moved == 1 {
            return Ok(Ok(()));
        }
        let (conn, tenant) = self.parts();
        let row: Option<(i64, i64, Option<i64>)> =
            on!(conn, |c| query_as(COUNTERS).bind(tenant).fetch_optional(c).await?);
        let (active, reserved, cap) = row.ok_or(StoreError::NotFound)?;
        let count: SeatCount = parse::seats(active, reserved)?;
        match count.admit(parse::limit(cap)?) {
            Err(full) => Ok(Err(full)),
            Ok(()) => Err(StoreError::inconsistent("seats", "a free seat was not given")),
        }
    }

    /// Frees `seats` reserved seats.
    pub(crate) async fn unreserve_seats(&mut self, seats: u64) -> Result<(), StoreError> {
        let seats = i64::try_from(seats).unwrap_or(i64::MAX);
        let (conn, tenant) = self.parts();
        let moved = on!(conn, |c| query(UNRESERVE).bind(tenant).bind(seats).execute(c).await?.rows_affected());
        if moved == 1 {
            Ok(())
        } else {
            Err(StoreError::inconsistent("seats", "fewer are reserved than invitations wait"))
        }
    }

    /// Turns a reserved seat into an active one.
    pub(crate) async fn fill_seat(&mut self, owner: bool) -> Result<(), StoreError> {
        let (conn, tenant) = self.parts();
        let moved = on!(conn, |c| query(FILL).bind(tenant).bind(i64::from(owner)).execute(c).await?.rows_affected());
        if moved == 1 { Ok(()) } else { Err(StoreError::inconsistent("seats", "an invitation waited without a seat")) }
    }

    /// Frees an active seat; `false` if it is the last owner's.
    pub(crate) async fn vacate_seat(&mut self, owner: bool) -> Result<bool, StoreError> {
        let (conn, tenant) = self.parts();
        let moved = on!(conn, |c| query(VACATE).bind(tenant).bind(i64::from(owner)).execute(c).await?.rows_affected());
        Ok(moved == 1)
    }
}
