//! The door: a membership opens an organization, nothing else does.
//!
//! [`Store::open`] gives a [`TenantScope`] to a member. Only [`TenantScope::execute`] and [`TenantScope::read`] make a
//! [`TenantTx`] or a [`TenantRead`], and those alone have functions for a tenant's rows. None of these functions takes
//! a tenant id, so none can be given the wrong one. There is no payment provider in here: a call over the network
//! inside of a transaction cannot be written.

use std::fmt;
use std::future::Future;
use std::ops::{Deref, DerefMut};
use std::sync::Arc;
use std::time::Duration;

use domain::access::Deed;
use domain::ids::{MemberId, OrgId, SeatEventId, UserId};
use domain::permission::NotPermitted;
use domain::rollout::{Gate, Stance};
use domain::view::Suspension;
use domain::{Access, EmailAddress, Permission, Refusal, Role, Rollout, Slug, Timestamp};
use sqlx::{FromRow, query, query_as};

use crate::engine::{Conn, Db, Tx};
use crate::seat::Counters;
use crate::{Store, StoreError, parse};

statements! {
    /// The role that opened the door may have changed since, or be gone, and the organization may be closed.
    STANDING = "
        select organizations.access, organizations.created_at as made_at, organizations.suspended_at as closed_at,
               organizations.suspended_reason as closed_reason, members.role, members.suspended_at,
               members.suspended_until, members.suspended_reason, members.suspended_for
        from organizations left join members
          on members.tenant_id = $1 and members.id = $2 and members.removed_at is null
        where organizations.tenant_id = $1";

    SEEN = "
        update members
        set last_seen_at = $3
        where tenant_id = $1 and id = $2 and (last_seen_at is null or last_seen_at < $3)";
}

/// How often a member's last sight is written down.
const SEEN_EVERY: Duration = Duration::from_mins(5);
/// As much of a browser's name for itself as is kept, in characters.
const USER_AGENT: usize = 200;

/// From where somebody asks, for the audit log and the list of sessions.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Visit {
    /// The address of their machine.
    pub ip: Option<String>,
    /// Their browser's name for itself. At most 200 characters of it are kept.
    pub user_agent: Option<String>,
}

impl Visit {
    pub(crate) fn user_agent(&self) -> Option<String> {
        self.user_agent.as_ref().map(|name| name.chars().filter(|c| *c != '\0').take(USER_AGENT).collect())
    }
}

/// Somebody who knocks: their session has already been checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Visitor {
    /// Who.
    pub user: UserId,
    /// From where.
    pub visit: Visit,
}

/// Who acts, as the audit log says it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Actor {
    /// A member, through a signed-in session.
    Member {
        /// The person.
        user: UserId,
        /// Their place in the organization.
        member: MemberId,
    },
    /// Somebody with an invitation's link, not a member yet.
    Invited {
        /// The invited address.
        email: EmailAddress,
    },
    /// Usher itself, for this reason.
    System(&'static str),
}

/// An organization, opened. It says which; whether it is still open is checked again in each transaction.
#[derive(Clone)]
pub struct TenantScope(Arc<Inner>);

struct Inner {
    db: Db,
    rollout: Rollout,
    org: OrgId,
    slug: Slug,
    name: String,
    role: Role,
    actor: Actor,
    visit: Visit,
    last_seen: Option<Timestamp>,
}

/// What was found behind the door.
pub(crate) struct Opened {
    pub(crate) org: OrgId,
    pub(crate) slug: Slug,
    pub(crate) name: String,
    pub(crate) role: Role,
    pub(crate) actor: Actor,
    pub(crate) last_seen: Option<Timestamp>,
}

/// Something that changes an organization, in one transaction.
pub trait Command: Send + Sized {
    /// What the asker must be allowed to do. Checked inside of the transaction.
    const REQUIRES: Permission;
    /// What it does, as far as the organization's state has a say in it. Checked inside of the transaction. Whoever
    /// does not say it is refused while the organization may only be read.
    const DEED: Deed = Deed::Change;
    /// What it gives when it was done.
    type Output: Send;
    /// Why it was not done. Any `Err` undoes everything.
    type Error: From<StoreError> + From<NotPermitted> + Send;

    /// Does it.
    fn run(self, tx: &mut TenantTx) -> impl Future<Output = Result<Self::Output, Self::Error>> + Send;
}

/// Something that reads an organization, from one state of it.
pub trait Query: Send + Sized {
    /// What the asker must be allowed to do.
    const REQUIRES: Permission;
    /// What it gives.
    type Output: Send;
    /// Why it gives nothing.
    type Error: From<StoreError> + From<NotPermitted> + Send;

    /// Reads it.
    fn run(self, tx: &mut TenantRead) -> impl Future<Output = Result<Self::Output, Self::Error>> + Send;
}

/// Reads of one organization's rows.
pub struct TenantRead {
    tx: Tx,
    tenant: String,
    scope: TenantScope,
    role: Role,
    /// When the organization was made, which is what its gates go by.
    made_at: Timestamp,
    /// What was not refused because its gate is only watched.
    overlooked: Vec<(Gate, String)>,
}

/// Reads and writes of one organization's rows, all or none of them.
pub struct TenantTx {
    read: TenantRead,
    now: Timestamp,
    /// Past the gate: nobody else changes this organization now, so its counters are known.
    gate: Option<Counters>,
    /// The last move of a seat that was written down, once one has been.
    last_event: Option<SeatEventId>,
}

impl Store {
    /// Opens an organization to one of its members.
    ///
    /// A stranger gets the same [`StoreError::NotFound`] as somebody who asks for an organization that is not there.
    pub async fn open(&self, visitor: Visitor, slug: &Slug) -> Result<TenantScope, StoreError> {
        let opened = self.system().behind_the_door(visitor.user, slug).await?;
        Ok(TenantScope::new(self, opened, visitor.visit))
    }
}

impl TenantScope {
    pub(crate) fn new(store: &Store, found: Opened, visit: Visit) -> Self {
        let Opened { org, slug, name, role, actor, last_seen } = found;
        let (db, rollout) = (store.db.clone(), store.rollout);
        Self(Arc::new(Inner { db, rollout, org, slug, name, role, actor, visit, last_seen }))
    }

    /// Which organization.
    pub fn org(&self) -> OrgId {
        self.0.org
    }

    /// Its name in addresses.
    pub fn slug(&self) -> &Slug {
        &self.0.slug
    }

    /// Its name for people.
    pub fn name(&self) -> &str {
        &self.0.name
    }

    /// As what the door was opened. Usher itself acts as owner, an invited person as viewer.
    pub fn role(&self) -> Role {
        self.0.role
    }

    /// Who acts.
    pub fn actor(&self) -> &Actor {
        &self.0.actor
    }

    /// The asker's place in the organization, if they are a member.
    pub fn member(&self) -> Option<MemberId> {
        match self.0.actor {
            Actor::Member { member, .. } => Some(member),
            Actor::Invited { .. } | Actor::System(_) => None,
        }
    }

    /// The asker's account, if they are a member.
    pub fn user(&self) -> Option<UserId> {
        match self.0.actor {
            Actor::Member { user, .. } => Some(user),
            Actor::Invited { .. } | Actor::System(_) => None,
        }
    }

    /// Whether the role that opened the door may do this. For what is shown: what is done is checked again.
    pub fn may(&self, permission: Permission) -> Result<(), NotPermitted> {
        permitted(self.0.role, permission)
    }

    /// Does `command` at `now`: begins, finds the member again, checks the permission, runs, commits.
    ///
    /// A member who has been removed since gets [`StoreError::NotFound`]. A busy or serialisation failure is
    /// [`StoreError::Driver`]; nothing is retried here.
    pub async fn execute<C: Command>(&self, command: C, now: Timestamp) -> Result<C::Output, C::Error> {
        let tx = self.0.db.begin(Some(self.0.org)).await?;
        let mut tx = TenantTx { read: TenantRead::new(tx, self), now, gate: None, last_event: None };
        let done = match tx.read.admit(C::REQUIRES, Some(C::DEED)).await {
            Ok(()) => command.run(&mut tx).await,
            Err(no) => Err(no.into_error()),
        };
        match done {
            Ok(output) => {
                tx.write_overlooked().await?;
                tx.read.tx.commit().await?;
                Ok(output)
            }
            Err(error) => {
                // The database undoes it by itself when the connection breaks, so this changes nothing for the asker.
                if let Err(broken) = tx.read.tx.rollback().await {
                    tracing::warn!(error = ?broken, "a rollback was not acknowledged");
                }
                Err(error)
            }
        }
    }

    /// Reads `query` from one state of the database. A member who has been removed since gets
    /// [`StoreError::NotFound`].
    pub async fn read<Q: Query>(&self, query: Q) -> Result<Q::Output, Q::Error> {
        let tx = self.0.db.snapshot(self.0.org).await?;
        let mut read = TenantRead::new(tx, self);
        let found = match read.admit(Q::REQUIRES, None).await {
            Ok(()) => query.run(&mut read).await,
            Err(no) => Err(no.into_error()),
        };
        // Nothing was written: ending it is all there is to do, and the answer does not depend on it.
        if let Err(broken) = read.tx.rollback().await {
            tracing::warn!(error = ?broken, "the end of a read was not acknowledged");
        }
        found
    }

    /// Notes that the member was here. Writes at most once in five minutes, so a page may say it each time.
    pub async fn seen(&self, now: Timestamp) -> Result<(), StoreError> {
        let Some(member) = self.member() else { return Ok(()) };
        if self.0.last_seen.is_some_and(|last| now.since(last) < SEEN_EVERY) {
            return Ok(());
        }
        // A transaction of its own, not a part of the deed: the deed may hold the organization's row already.
        let mut tx = self.0.db.begin(Some(self.0.org)).await?;
        on!(tx.conn(), |c| {
            query(SEEN).bind(self.0.org.to_string()).bind(member.to_string()).bind(now.micros()).execute(c).await?;
        });
        tx.commit().await
    }
}

/// Whether the organization is open, and to whom it is not.
#[derive(FromRow)]
pub(crate) struct Standing {
    access: String,
    made_at: i64,
    closed_at: Option<i64>,
    closed_reason: Option<String>,
    role: Option<String>,
    suspended_at: Option<i64>,
    suspended_until: Option<i64>,
    suspended_reason: Option<String>,
    suspended_for: Option<String>,
}

impl Standing {
    /// The member's role; a stranger has none.
    pub(crate) fn role(&self) -> Result<&str, StoreError> {
        self.role.as_deref().ok_or(StoreError::NotFound)
    }

    /// The way is free.
    pub(crate) fn open(self) -> Result<(), StoreError> {
        if self.closed_at.is_some() {
            return Err(StoreError::Closed { reason: self.closed_reason.unwrap_or_default() });
        }
        match self.suspended_at {
            None => Ok(()),
            Some(at) => Err(StoreError::Suspended(Suspension {
                at: Timestamp::from_micros(at),
                until: self.suspended_until.map(Timestamp::from_micros),
                reason: self.suspended_reason,
                by_plan: self.suspended_for.as_deref() == Some("plan"),
            })),
        }
    }
}

fn permitted(role: Role, permission: Permission) -> Result<(), NotPermitted> {
    if role.may(permission) { Ok(()) } else { Err(NotPermitted { role, permission }) }
}

enum NotAdmitted {
    Store(StoreError),
    Permission(NotPermitted),
}

impl NotAdmitted {
    fn into_error<E: From<StoreError> + From<NotPermitted>>(self) -> E {
        match self {
            Self::Store(error) => error.into(),
            Self::Permission(no) => no.into(),
        }
    }
}

impl TenantRead {
    fn new(tx: Tx, scope: &TenantScope) -> Self {
        Self {
            tx,
            tenant: scope.0.org.to_string(),
            role: scope.0.role,
            scope: scope.clone(),
            made_at: Timestamp::from_micros(0),
            overlooked: Vec::new(),
        }
    }

    async fn admit(&mut self, permission: Permission, deed: Option<Deed>) -> Result<(), NotAdmitted> {
        let access = self.enter().await.map_err(NotAdmitted::Store)?;
        permitted(self.role, permission).map_err(NotAdmitted::Permission)?;
        match (deed, self.scope.actor()) {
            // Usher keeps the books in every state, and adds nobody to them in most.
            (Some(Deed::Change), Actor::System(_)) | (None, _) => Ok(()),
            (Some(deed), _) => {
                let allowed = access.allows(deed);
                self.unless_overlooked(Gate::Access, allowed).map_err(|no| NotAdmitted::Store(StoreError::NotNow(no)))
            }
        }
    }

    /// Finds who asks again, and what state the organization is in.
    async fn enter(&mut self) -> Result<Access, StoreError> {
        let member = self.scope.member().map(|member| member.to_string());
        let (conn, tenant) = self.parts();
        let found: Option<Standing> =
            on!(conn, |c| query_as(STANDING).bind(tenant).bind(member.as_deref()).fetch_optional(c).await?);
        let found = found.ok_or(StoreError::NotFound)?;
        let access = parse::access(&found.access)?;
        self.made_at = Timestamp::from_micros(found.made_at);
        if let Actor::System(_) = self.scope.actor() {
            return Ok(access);
        }
        if member.is_some() {
            self.role = parse::text("role", found.role()?)?;
        }
        found.open()?;
        Ok(access)
    }

    /// What runs the next statement, and the tenant that it binds as `$1`.
    pub(crate) fn parts(&mut self) -> (Conn<'_>, &str) {
        (self.tx.conn(), &self.tenant)
    }

    /// What a gate does for this organization.
    pub fn stance(&self, gate: Gate) -> Stance {
        self.scope.0.rollout.stance(gate, self.made_at)
    }

    /// The answer of a gate: a no is a no only where the gate is enforced, and is remembered where it is watched.
    pub fn unless_overlooked<T: Default, E: Clone + Into<Refusal>>(
        &mut self,
        gate: Gate,
        answer: Result<T, E>,
    ) -> Result<T, E> {
        let Err(no) = answer else { return answer };
        match self.stance(gate) {
            Stance::Enforce => return Err(no),
            Stance::Watch => self.overlooked.push((gate, no.into().code)),
            Stance::Off => {}
        }
        Ok(T::default())
    }

    pub(crate) fn overlooked(&mut self) -> Vec<(Gate, String)> {
        std::mem::take(&mut self.overlooked)
    }

    /// Which organization.
    pub fn org(&self) -> OrgId {
        self.scope.org()
    }

    /// The asker's role now, in this transaction.
    pub fn role(&self) -> Role {
        self.role
    }

    /// The door that this went through.
    pub fn scope(&self) -> &TenantScope {
        &self.scope
    }

    pub(crate) fn visit(&self) -> &Visit {
        &self.scope.0.visit
    }
}

impl TenantTx {
    /// When this happens.
    pub fn now(&self) -> Timestamp {
        self.now
    }

    pub(crate) fn gate(&self) -> Option<Counters> {
        self.gate
    }

    pub(crate) fn go_inside(&mut self, counters: Counters) {
        self.gate = Some(counters);
    }

    pub(crate) fn last_event(&self) -> Option<SeatEventId> {
        self.last_event
    }

    pub(crate) fn set_last_event(&mut self, id: SeatEventId) {
        self.last_event = Some(id);
    }
}

impl Deref for TenantTx {
    type Target = TenantRead;
    fn deref(&self) -> &TenantRead {
        &self.read
    }
}

impl DerefMut for TenantTx {
    fn deref_mut(&mut self) -> &mut TenantRead {
        &mut self.read
    }
}

impl fmt::Debug for TenantScope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TenantScope").field("org", &self.0.org).field("actor", &self.0.actor).finish_non_exhaustive()
    }
}

impl fmt::Debug for TenantRead {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TenantRead").field("scope", &self.scope).finish_non_exhaustive()
    }
}

impl fmt::Debug for TenantTx {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TenantTx").field("scope", &self.read.scope).field("now", &self.now).finish_non_exhaustive()
    }
}
