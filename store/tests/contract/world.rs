//! A migrated, empty database, and short ways to fill it.

use std::future::Future;
use std::num::NonZeroU32;
use std::pin::Pin;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use domain::ids::{
    AuditId, BillingContactId, DomainId, InvitationId, MailId, MemberId, OrgId, OutboxId, SeatRequestId, SessionId,
    UserId,
};
use domain::permission::NotPermitted;
use domain::{Access, EmailAddress, Permission, PlanKey, Role, SeatCount, SeatLimit, Slug, Timestamp};
use sqlx::{PgPool, Row, SqlitePool};
use store::{
    Accept, AddInvitation, Command, CreateOrganization, CreateUser, Displaced, NewInvitation, NewMember,
    NewOrganization, NewUser, Query, Reactivate, Store, StoreError, Suspend, SuspendMember, TenantRead, TenantScope,
    TenantTx, Visit, Visitor,
};

/// A quarter of an hour before anything else happens.
pub const NOW: Timestamp = Timestamp::from_secs(1_800_000_000);
pub const WEEK: Duration = Duration::from_hours(7 * 24);

pub struct World {
    pub store: Store,
    raw: Raw,
    chance: AtomicU64,
    _folder: Option<tempfile::TempDir>,
}

/// Past the door, for looking at what is really stored.
enum Raw {
    Sqlite(SqlitePool),
    Postgres(PgPool),
}

/// Somebody with an account.
#[derive(Clone, Debug)]
pub struct Person {
    pub user: UserId,
    pub email: EmailAddress,
}

#[derive(Debug)]
pub enum Failed {
    Store(StoreError),
    NotPermitted(NotPermitted),
    OnPurpose,
}

impl From<StoreError> for Failed {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl From<NotPermitted> for Failed {
    fn from(no: NotPermitted) -> Self {
        Self::NotPermitted(no)
    }
}

pub type Doing<'a, T> = Pin<Box<dyn Future<Output = Result<T, Failed>> + Send + 'a>>;

struct Change<F>(F);
struct Look<F>(F);

impl<T: Send, F: for<'a> FnOnce(&'a mut TenantTx) -> Doing<'a, T> + Send> Command for Change<F> {
    const REQUIRES: Permission = Permission::OrganizationRead;
    type Output = T;
    type Error = Failed;
    async fn run(self, tx: &mut TenantTx) -> Result<T, Failed> {
        (self.0)(tx).await
    }
}

impl<T: Send, F: for<'a> FnOnce(&'a mut TenantRead) -> Doing<'a, T> + Send> Query for Look<F> {
    const REQUIRES: Permission = Permission::OrganizationRead;
    type Output = T;
    type Error = Failed;
    async fn run(self, tx: &mut TenantRead) -> Result<T, Failed> {
        (self.0)(tx).await
    }
}

/// `change!(scope, now, |tx| tx.remove_member(id).await?)`: one transaction.
macro_rules! change {
    ($scope:expr, $now:expr, |$tx:ident| $body:expr) => {
        $crate::world::transaction(&$scope, $now, move |$tx| Box::pin(async move { Ok($body) })).await
    };
}

/// `look!(scope, |tx| tx.members().await?)`: one snapshot.
macro_rules! look {
    ($scope:expr, |$tx:ident| $body:expr) => {
        $crate::world::snapshot(&$scope, move |$tx| Box::pin(async move { Ok($body) })).await
    };
}

pub(crate) use {change, look};

pub async fn transaction<T: Send, F>(scope: &TenantScope, now: Timestamp, run: F) -> Result<T, Failed>
where
    F: for<'a> FnOnce(&'a mut TenantTx) -> Doing<'a, T> + Send,
{
    scope.execute(Change(run), now).await
}

pub async fn snapshot<T: Send, F>(scope: &TenantScope, run: F) -> Result<T, Failed>
where
    F: for<'a> FnOnce(&'a mut TenantRead) -> Doing<'a, T> + Send,
{
    scope.read(Look(run)).await
}

macro_rules! ids {
    ($($name:ident -> $id:ident;)+) => {
        $(pub fn $name(&self) -> $id {
            $id::new(NOW, self.chance())
        })+
    };
}

impl World {
    pub async fn sqlite() -> Self {
        let world = Self::sqlite_unmigrated().await;
        world.store.migrate().await.unwrap();
        world
    }

    pub async fn postgres() -> Self {
        let world = Self::postgres_unmigrated().await;
        world.store.migrate().await.unwrap();
        world
    }

    pub async fn sqlite_unmigrated() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite://{}/var/usher.db", folder.path().display());
        let store = Store::connect(&url).await.unwrap();
        let raw = Raw::Sqlite(SqlitePool::connect(&url).await.unwrap());
        Self { store, raw, chance: AtomicU64::new(1), _folder: Some(folder) }
    }

    pub async fn postgres_unmigrated() -> Self {
        let url = testkit::postgres::database();
        let store = Store::connect(&url).await.unwrap();
        let raw = Raw::Postgres(PgPool::connect(&url).await.unwrap());
        Self { store, raw, chance: AtomicU64::new(1), _folder: None }
    }

    fn chance(&self) -> [u8; 10] {
        let mut bytes = [0; 10];
        bytes[2..].copy_from_slice(&self.chance.fetch_add(1, Ordering::Relaxed).to_be_bytes());
        bytes
    }

    ids! {
        audit -> AuditId;
        billing_contact -> BillingContactId;
        domain -> DomainId;
        invitation -> InvitationId;
        mail -> MailId;
        member -> MemberId;
        org -> OrgId;
        outbox -> OutboxId;
        seat_request -> SeatRequestId;
        session -> SessionId;
        user -> UserId;
    }

    /// A hash of no token that anybody has seen.
    pub fn hash(&self) -> [u8; 32] {
        let mut hash = [7; 32];
        hash[..10].copy_from_slice(&self.chance());
        hash
    }

    /// The first column of the first row.
    pub async fn number(&self, sql: &'static str) -> i64 {
        match &self.raw {
            Raw::Sqlite(pool) => sqlx::query_scalar(sql).fetch_one(pool).await.unwrap(),
            Raw::Postgres(pool) => sqlx::query_scalar(sql).fetch_one(pool).await.unwrap(),
        }
    }

    /// The first column of the first row, in a transaction of this tenant's. PostgreSQL only.
    pub async fn number_as(&self, org: OrgId, sql: &'static str) -> i64 {
        let Raw::Postgres(pool) = &self.raw else { panic!("SQLite has no second wall") };
        let mut tx = pool.begin().await.unwrap();
        let tenant = sqlx::query("select set_config('usher.tenant', $1, true)").bind(org.to_string());
        tenant.execute(&mut *tx).await.unwrap();
        sqlx::query_scalar(sql).fetch_one(&mut *tx).await.unwrap()
    }

    /// The first column of all rows.
    pub async fn texts(&self, sql: &'static str) -> Vec<Option<String>> {
        match &self.raw {
            Raw::Sqlite(pool) => sqlx::query(sql)
                .fetch_all(pool)
                .await
                .unwrap()
                .iter()
                .map(|row| row.get::<Option<String>, _>(0))
                .collect(),
            Raw::Postgres(pool) => sqlx::query(sql)
                .fetch_all(pool)
                .await
                .unwrap()
                .iter()
                .map(|row| row.get::<Option<String>, _>(0))
                .collect(),
        }
    }

    /// Whether the database takes this statement.
    pub async fn takes(&self, sql: &'static str) -> Result<(), sqlx::Error> {
        match &self.raw {
            Raw::Sqlite(pool) => sqlx::raw_sql(sql).execute(pool).await.map(|_| ()),
            Raw::Postgres(pool) => sqlx::raw_sql(sql).execute(pool).await.map(|_| ()),
        }
    }

    /// Whether the database understands this statement.
    pub async fn prepares(&self, sql: &'static str) -> Result<(), sqlx::Error> {
        use sqlx::{Executor, SqlSafeStr};
        match &self.raw {
            Raw::Sqlite(pool) => pool.prepare(sql.into_sql_str()).await.map(|_| ()),
            Raw::Postgres(pool) => pool.prepare(sql.into_sql_str()).await.map(|_| ()),
        }
    }

    pub async fn person(&self, email: &str) -> Person {
        let email: EmailAddress = email.parse().unwrap();
        let user = self.user();
        let new = NewUser { id: user, email: email.clone(), password_hash: "$argon2id$not-a-hash".to_owned() };
        assert_eq!(self.store.system().create_user(&new, NOW).await.unwrap(), CreateUser::Created);
        Person { user, email }
    }

    pub fn new_organization(&self, slug: &str, owner: &Person, seats: u32) -> NewOrganization {
        NewOrganization {
            id: self.org(),
            slug: slug.parse().unwrap(),
            name: format!("{slug} Inc."),
            domain: Some("acme.test".parse().unwrap()),
            owner: owner.user,
            member: self.member(),
            plan: plan("free"),
            seat_limit: cap(seats),
            viewers_free: false,
            audit: self.audit(),
        }
    }

    /// A company, opened by its owner. `seats` of 0 is unlimited.
    pub async fn company(&self, slug: &str, owner: &Person, seats: u32) -> TenantScope {
        let new = self.new_organization(slug, owner, seats);
        let made = self.store.system().create_organization(&new, &Visit::default(), NOW).await.unwrap();
        assert_eq!(made, CreateOrganization::Created);
        self.open(owner, slug).await.unwrap()
    }

    /// A company of three seats with its owner.
    pub async fn acme(&self) -> TenantScope {
        let owner = self.person("owner@acme.test").await;
        self.company("acme", &owner, 3).await
    }

    pub async fn open(&self, person: &Person, slug: &str) -> Result<TenantScope, StoreError> {
        let slug: Slug = slug.parse().unwrap();
        self.store.open(Visitor { user: person.user, visit: Visit::default() }, &slug).await
    }

    pub fn new_invitation(&self, email: &str, role: Role) -> NewInvitation {
        NewInvitation {
            id: self.invitation(),
            email: email.parse().unwrap(),
            role,
            token_hash: self.hash(),
            expires_at: NOW.plus(WEEK),
        }
    }

    pub async fn invite(&self, scope: &TenantScope, email: &str, role: Role) -> (InvitationId, AddInvitation) {
        let new = self.new_invitation(email, role);
        let id = new.id;
        (id, change!(scope, NOW, |tx| tx.add_invitation(&new).await?).unwrap())
    }

    pub async fn accept(&self, scope: &TenantScope, id: InvitationId, user: UserId, role: Role) -> (MemberId, Accept) {
        let new = NewMember { id: self.member(), user, role };
        let member = new.id;
        (member, change!(scope, NOW, |tx| tx.accept_invitation(id, &new).await?).unwrap())
    }

    /// Somebody new, invited and in.
    pub async fn colleague(&self, scope: &TenantScope, email: &str, role: Role) -> (Person, TenantScope) {
        let person = self.person(email).await;
        let (id, added) = self.invite(scope, email, role).await;
        assert_eq!(added, AddInvitation::Added);
        let (_, accepted) = self.accept(scope, id, person.user, role).await;
        assert_eq!(accepted, Accept::Joined { role });
        let opened = self.open(&person, scope.slug().as_str()).await.unwrap();
        (person, opened)
    }

    /// The counters on every organization's row are what can be counted, whoever sits is marked so, and the last move that
    /// was written down ended with these counters.
    pub async fn assert_counters_are_counts(&self) {
        let wrong = self
            .number(
                "select count(*) from organizations
                 where seats_active <> (select count(*) from members
                                        where members.tenant_id = organizations.tenant_id and removed_at is null
                                          and members.suspended_at is null and seated)
                    or owners <> (select count(*) from members
                                  where members.tenant_id = organizations.tenant_id and removed_at is null
                                    and members.suspended_at is null and role = 'owner')
                    or seats_reserved <> (select count(*) from invitations
                                          where invitations.tenant_id = organizations.tenant_id and seated
                                            and accepted_at is null and cancelled_at is null and expired_at is null)",
            )
            .await;
        assert_eq!(wrong, 0, "organizations whose counters are not what can be counted");
        let misplaced = self
            .number(
                "select count(*) from organizations join members on members.tenant_id = organizations.tenant_id
                 where removed_at is null and seated <> (role <> 'viewer' or not viewers_free)",
            )
            .await;
        assert_eq!(misplaced, 0, "members who sit otherwise than their role says");
        let unwritten = self
            .number(
                "select count(*) from organizations
                 where not exists (select 1 from seat_events
                                   where seat_events.tenant_id = organizations.tenant_id
                                     and seat_events.id = (select max(latest.id) from seat_events as latest
                                                           where latest.tenant_id = organizations.tenant_id)
                                     and active = seats_active and reserved = seats_reserved
                                     and coalesce(cap, 0) = coalesce(seat_cap, 0))",
            )
            .await;
        assert_eq!(unwritten, 0, "organizations whose last move of a seat was not written down");
    }
}

pub fn plan(key: &str) -> PlanKey {
    key.parse().unwrap()
}

/// 0 is unlimited.
pub fn cap(seats: u32) -> SeatLimit {
    NonZeroU32::new(seats).map_or(SeatLimit::Unlimited, SeatLimit::Capped)
}

pub async fn set_seats(scope: &TenantScope, seats: u32) {
    set_plan(scope, seats, false).await;
}

/// A plan of so many seats, on which viewers may sit for nothing; whom that moves.
pub async fn set_plan(scope: &TenantScope, seats: u32, viewers_free: bool) -> Vec<Displaced> {
    change!(scope, NOW, |tx| tx.set_entitlement(&plan("team"), cap(seats), Access::Full, viewers_free).await?).unwrap()
}

/// How many seats are held.
pub async fn seats(scope: &TenantScope) -> SeatCount {
    look!(scope, |tx| tx.organization().await?.seats).unwrap()
}

/// Lets somebody's seat rest.
pub async fn suspend(scope: &TenantScope, id: MemberId) -> SuspendMember {
    change!(scope, NOW, |tx| tx.suspend_member(id, &Suspend::default()).await?).unwrap()
}

/// Lets somebody come back.
pub async fn reactivate(scope: &TenantScope, id: MemberId) -> Reactivate {
    change!(scope, NOW, |tx| tx.reactivate_member(id).await?).unwrap()
}

/// Runs them all at the same time.
pub async fn all<T: Send + 'static, F: Future<Output = T> + Send + 'static>(
    racers: impl IntoIterator<Item = F>,
) -> Vec<T> {
    let racers: Vec<_> = racers.into_iter().map(tokio::spawn).collect();
    let mut results = Vec::new();
    for racer in racers {
        results.push(racer.await.unwrap());
    }
    results
}
