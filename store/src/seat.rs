//! The seat gate: the counters on the organization's row, and the only statements that move them.
//!
//! `active + reserved ≤ cap` holds under any interleaving because a seat is taken by one guarded update, and because
//! whoever takes or frees one first queues up at the organization's row ([`TenantTx::at_the_gate`]). So between there
//! and the commit, nobody else changes who is in the organization, and the order of locks is the same everywhere.

use domain::rollout::Gate;
use domain::seat::{SeatsFull, takes_a_seat};
use domain::{Role, SeatCount, SeatLimit};
use sqlx::{FromRow, query_as};

use crate::{StoreError, TenantTx, parse};

statements! {
    /// Changes nothing and locks the row until the end of the transaction, on both engines.
    GATE = "
        update organizations
        set seats_active = seats_active
        where tenant_id = $1
        returning seats_active, seats_reserved, seat_cap, owners, viewers_free";

    COUNTERS = "
        select seats_active, seats_reserved, seat_cap, owners, viewers_free
        from organizations
        where tenant_id = $1";

    /// The only statement that moves a seat: $2 more are active, $3 more are reserved, $4 more owners are active. More
    /// than the cap cannot come of it where the gate is enforced ($5), and fewer than one owner neither; what holds no
    /// more than before always fits.
    MOVE = "
        update organizations
        set seats_active = seats_active + $2, seats_reserved = seats_reserved + $3, owners = owners + $4
        where tenant_id = $1
          and ($5 = 0
               or seat_cap is null
               or seats_active + seats_reserved + $2 + $3 <= seat_cap
               or seats_active + seats_reserved + $2 + $3 <= seats_active + seats_reserved)
          and seats_active + $2 >= 0 and seats_reserved + $3 >= 0 and owners + $4 >= 1
        returning seats_active, seats_reserved, seat_cap, owners, viewers_free";
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

#[derive(FromRow)]
struct Row {
    seats_active: i64,
    seats_reserved: i64,
    seat_cap: Option<i64>,
    owners: i64,
    viewers_free: bool,
}

impl Row {
    fn counters(&self) -> Result<Counters, StoreError> {
        Ok(Counters {
            count: parse::seats(self.seats_active, self.seats_reserved)?,
            limit: parse::limit(self.seat_cap)?,
            owners: self.owners,
            viewers_free: self.viewers_free,
        })
    }
}

impl TenantTx {
    /// Waits for one's turn: from here to the end of the transaction nobody else changes this organization. Whatever
    /// changes rows that others may change at the same time comes by here first, so that two commands never wait for
    /// each other, in whatever order they do their parts. Gives what the gate keeps.
    pub(crate) async fn at_the_gate(&mut self) -> Result<Counters, StoreError> {
        if let Some(counters) = self.gate() {
            return Ok(counters);
        }
        let (conn, tenant) = self.parts();
        let open: Option<Row> = on!(conn, |c| query_as(GATE).bind(tenant).fetch_optional(c).await?);
        self.keep(open.as_ref())
    }

    /// Looks again at what the gate keeps, after something else than [`TenantTx::move_seats`] has written it.
    pub(crate) async fn look_again(&mut self) -> Result<Counters, StoreError> {
        let (conn, tenant) = self.parts();
        let row: Option<Row> = on!(conn, |c| query_as(COUNTERS).bind(tenant).fetch_optional(c).await?);
        self.keep(row.as_ref())
    }

    /// Nobody else changes it while the gate is held, so what is kept here is what is stored.
    fn keep(&mut self, row: Option<&Row>) -> Result<Counters, StoreError> {
        let counters = row.ok_or(StoreError::NotFound)?.counters()?;
        self.go_inside(counters);
        Ok(counters)
    }

    /// Whether a role takes a seat in this organization.
    pub(crate) async fn takes_a_seat(&mut self, role: Role) -> Result<bool, StoreError> {
        Ok(takes_a_seat(role, self.at_the_gate().await?.viewers_free))
    }

    /// Moves seats, if they may be moved so.
    pub(crate) async fn move_seats(&mut self, by: Move) -> Result<Moved, StoreError> {
        if by == Move::default() {
            return Ok(Moved::Yes);
        }
        let enforced = i64::from(self.stance(Gate::Seats).enforces());
        let (conn, tenant) = self.parts();
        let moved: Option<Row> = on!(conn, |c| {
            query_as(MOVE)
                .bind(tenant)
                .bind(by.active)
                .bind(by.reserved)
                .bind(by.owners)
                .bind(enforced)
                .fetch_optional(c)
                .await?
        });
        if moved.is_some() {
            let Counters { count, limit, .. } = self.keep(moved.as_ref())?;
            if let Some(cap) = limit.cap().filter(|cap| by.active + by.reserved > 0 && count.held() > *cap) {
                // Only a gate that does not enforce lets this through.
                let full: Result<(), SeatsFull> = Err(SeatsFull { cap, count });
                let _remembered = self.unless_overlooked(Gate::Seats, full);
            }
            return Ok(Moved::Yes);
        }
        let Counters { count, limit, owners, .. } = self.look_again().await?;
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
