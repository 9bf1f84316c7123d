//! The ways to a seat that are raced for, and how a round is prepared: what stands before each door at the start.

use std::num::NonZeroU32;
use std::time::Duration;

use anyhow::{Result, anyhow};
use domain::ids::{InvitationId, MemberId, SeatRequestId, UserId};
use domain::permission::NotPermitted;
use domain::{Access, EmailAddress, Permission, Role, SeatCount, SeatLimit, Timestamp};
use store::{
    Accept, AddInvitation, AddRequest, ChangeInvitation, ChangeRole, Command, Join, NewInvitation, NewMember,
    NewSeatRequest, Query, Reactivate, StoreError, Suspend, SuspendMember, TenantRead, TenantTx,
};

/// How many race in a round.
pub const RACERS: u8 = 64;
/// How many of them stand before each door.
const AT_EACH: u32 = 8;
/// How many seats are free at the start.
pub const SEATS: u32 = 3;
/// The moment of every race: a bench needs none of its own.
pub const NOW: Timestamp = Timestamp::from_secs(1_800_000_000);

/// A way to a seat.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Door {
    /// An invitation reserves one.
    Invite,
    /// Two rows of a file want one each.
    Csv,
    /// An invitation that has its seat is accepted: nobody may lose by that, and nobody win.
    Accept,
    /// Somebody who was suspended comes back.
    Reactivate,
    /// A request is approved, and who asked joins at once if there is room.
    Approve,
    /// A viewer, who sits for nothing here, becomes a member.
    ChangeRole,
    /// A viewer's invitation becomes a member's.
    ChangeInvitation,
    /// A newcomer joins without having asked.
    Join,
}

impl Door {
    /// Racers go to the doors in turn.
    fn of(racer: u8) -> Self {
        match racer % 8 {
            0 => Self::Invite,
            1 => Self::Csv,
            2 => Self::Accept,
            3 => Self::Reactivate,
            4 => Self::Approve,
            5 => Self::ChangeRole,
            6 => Self::ChangeInvitation,
            _ => Self::Join,
        }
    }
}

/// Why a racer could not even lose.
#[derive(Debug, thiserror::Error)]
pub enum Failed {
    /// The store did not do it.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The owner may race, so this is never.
    #[error("the racer may not race: {0:?}")]
    NotPermitted(NotPermitted),
    /// An answer that no racer should get.
    #[error("a racer met {0}")]
    Odd(String),
    /// The bench itself is wrong.
    #[error(transparent)]
    Bench(#[from] anyhow::Error),
}

impl From<NotPermitted> for Failed {
    fn from(no: NotPermitted) -> Self {
        Self::NotPermitted(no)
    }
}

fn odd<T>(answer: impl std::fmt::Debug) -> Result<T, Failed> {
    Err(Failed::Odd(format!("{answer:?}")))
}

/// No chance at all: ids differ because their makers do.
pub fn chance(kind: u8, racer: u8, round: u32) -> [u8; 10] {
    let mut bytes = [0; 10];
    bytes[0] = kind;
    bytes[1] = racer;
    bytes[6..].copy_from_slice(&round.to_be_bytes());
    bytes
}

/// An address of the race.
pub fn address(name: &str) -> Result<EmailAddress> {
    let address = format!("{name}@race.test");
    address.parse().map_err(|error| anyhow!("{address}: {error:?}"))
}

/// A racer's account; the same in every round.
pub fn account(racer: u8) -> UserId {
    UserId::new(NOW, chance(0, racer, 1))
}

/// A racer's name, in every round.
pub fn name(racer: u8) -> String {
    format!("racer-{racer}")
}

fn invitation(name: &str, role: Role, seed: [u8; 10]) -> Result<NewInvitation> {
    let mut token_hash = [0; 32];
    token_hash[..10].copy_from_slice(&seed);
    let expires_at = NOW.plus(Duration::from_hours(7 * 24));
    Ok(NewInvitation { id: InvitationId::new(NOW, seed), email: address(name)?, role, token_hash, expires_at })
}

fn place(racer: u8, round: u32, role: Role) -> NewMember {
    NewMember { id: MemberId::new(NOW, chance(1, racer, round)), user: account(racer), role }
}

/// Brings everybody before their door, and leaves [`SEATS`] free.
pub struct Prepare {
    /// Of which race.
    pub round: u32,
}

impl Command for Prepare {
    const REQUIRES: Permission = Permission::MemberInvite;
    type Output = ();
    type Error = Failed;

    async fn run(self, tx: &mut TenantTx) -> Result<(), Failed> {
        let Self { round } = self;
        let plan = tx.organization().await?.plan;
        tx.set_entitlement(&plan, SeatLimit::Unlimited, Access::Free, true).await?;
        for racer in 0..RACERS {
            let member = place(racer, round, Role::Member);
            let invited = |role| invitation(&name(racer), role, chance(1, racer, round));
            match Door::of(racer) {
                Door::Invite | Door::Csv | Door::Join => {}
                Door::Accept => added(tx.add_invitation(&invited(Role::Member)?).await?)?,
                Door::ChangeInvitation => added(tx.add_invitation(&invited(Role::Viewer)?).await?)?,
                Door::Reactivate => {
                    joined(tx.join_without_invitation(&member).await?)?;
                    match tx.suspend_member(member.id, &Suspend::default()).await? {
                        SuspendMember::Suspended { .. } => {}
                        other => return odd(other),
                    }
                }
                Door::ChangeRole => {
                    joined(tx.join_without_invitation(&NewMember { role: Role::Viewer, ..member }).await?)?;
                }
                Door::Approve => {
                    let request = NewSeatRequest {
                        id: SeatRequestId::new(NOW, chance(1, racer, round)),
                        email: address(&name(racer))?,
                        user: Some(account(racer)),
                        asked_by: None,
                        role: Role::Member,
                        note: None,
                    };
                    match tx.add_seat_request(&request).await? {
                        AddRequest::Added => {}
                        other => return odd(other),
                    }
                }
            }
        }
        let cap = NonZeroU32::MIN.saturating_add(AT_EACH + SEATS);
        let moved = tx.set_entitlement(&plan, SeatLimit::Capped(cap), Access::Free, true).await?;
        if moved.is_empty() { Ok(()) } else { odd(moved) }
    }
}

fn added(outcome: AddInvitation) -> Result<(), Failed> {
    if outcome == AddInvitation::Added { Ok(()) } else { odd(outcome) }
}

fn joined(outcome: Join) -> Result<(), Failed> {
    if outcome == Join::Joined { Ok(()) } else { odd(outcome) }
}

/// How many seats of those that were free an answer has taken.
fn won(outcome: AddInvitation) -> Result<u32, Failed> {
    match outcome {
        AddInvitation::Added => Ok(1),
        AddInvitation::SeatsFull(_) => Ok(0),
        other => odd(other),
    }
}

/// What one racer does. Gives how many of the free seats they got.
pub struct TakeSeat {
    /// Who.
    pub racer: u8,
    /// In which race.
    pub round: u32,
}

impl Command for TakeSeat {
    const REQUIRES: Permission = Permission::MemberInvite;
    type Output = u32;
    type Error = Failed;

    async fn run(self, tx: &mut TenantTx) -> Result<u32, Failed> {
        let Self { racer, round } = self;
        let seed = chance(1, racer, round);
        let member = place(racer, round, Role::Member);
        match Door::of(racer) {
            Door::Invite => won(tx.add_invitation(&invitation(&name(racer), Role::Member, seed)?).await?),
            Door::Csv => {
                let rows = [
                    invitation(&format!("{}-a", name(racer)), Role::Member, seed)?,
                    invitation(&format!("{}-b", name(racer)), Role::Admin, chance(2, racer, round))?,
                ];
                tx.add_invitations(&rows).await?.into_iter().map(won).sum()
            }
            Door::Accept => match tx.accept_invitation(InvitationId::new(NOW, seed), &member).await? {
                Accept::Joined { .. } => Ok(0),
                other => odd(other),
            },
            Door::Reactivate => match tx.reactivate_member(member.id).await? {
                Reactivate::Reactivated { .. } => Ok(1),
                Reactivate::SeatsFull(_) => Ok(0),
                other => odd(other),
            },
            Door::Approve => {
                let id = SeatRequestId::new(NOW, seed);
                if !tx.approve_request(id).await? {
                    return odd("a request that is answered");
                }
                let seats = join(tx, &member).await?;
                if seats == 1 && !tx.request_seated(id).await? {
                    return odd("a request that has ended");
                }
                Ok(seats)
            }
            Door::ChangeRole => match tx.change_role(member.id, Role::Member).await? {
                ChangeRole::Changed { .. } => Ok(1),
                ChangeRole::SeatsFull(_) => Ok(0),
                other => odd(other),
            },
            Door::ChangeInvitation => {
                match tx.change_invitation_role(InvitationId::new(NOW, seed), Role::Member).await? {
                    ChangeInvitation::Changed { .. } => Ok(1),
                    ChangeInvitation::SeatsFull(_) => Ok(0),
                    other => odd(other),
                }
            }
            Door::Join => join(tx, &member).await,
        }
    }
}

async fn join(tx: &mut TenantTx, member: &NewMember) -> Result<u32, Failed> {
    match tx.join_without_invitation(member).await? {
        Join::Joined => Ok(1),
        Join::SeatsFull(_) => Ok(0),
        other @ Join::AlreadyMember => odd(other),
    }
}

/// Counter and rows, as they stand after a race.
#[derive(Debug, PartialEq, Eq)]
pub struct Count {
    /// What the gate says.
    pub counter: SeatCount,
    /// What the rows say.
    pub rows: SeatCount,
}

impl Count {
    /// As it must be after every race: nobody lost a seat, and the free ones are taken, each once.
    pub fn exact(&self, won: u32) -> bool {
        won == SEATS
            && self.counter == self.rows
            && self.counter.held() == 1 + AT_EACH + SEATS
            && self.counter.active > AT_EACH
    }
}

/// Asks for them.
pub struct Seats;

impl Query for Seats {
    const REQUIRES: Permission = Permission::OrganizationRead;
    type Output = Count;
    type Error = Failed;

    async fn run(self, tx: &mut TenantRead) -> Result<Count, Failed> {
        let counter = tx.organization().await?.seats;
        let active = tx.members().await?.iter().filter(|one| one.seated && one.suspension.is_none()).count();
        let reserved = tx.invitations().await?.iter().filter(|one| one.seated).count();
        let number = |count: usize| u32::try_from(count).map_err(anyhow::Error::from);
        Ok(Count { counter, rows: SeatCount { active: number(active)?, reserved: number(reserved)? } })
    }
}
