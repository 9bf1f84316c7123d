-- Organizations are the tenants. Every table of a tenant has `tenant_id` first in its primary key and in every
-- foreign key to a sister table, so that a row of one tenant cannot point at a row of another, whatever the code does.

-- The tenant. It carries its seat counters, so that "is a seat free" is one guarded update of one row, on which
-- concurrent askers queue up. `active + reserved <= cap` is kept by that update and not by a check, because a smaller
-- plan may make the cap smaller than what is already held; nobody loses a seat by that, and none can be added.
create table organizations (
    tenant_id      text   not null primary key,
    slug           text   not null unique,
    name           text   not null,
    -- The company's e-mail domain as lower-case A-labels; null when it was created from a free mailbox.
    domain         text,
    -- What it may do now. Follows the subscription, and is written with it in one transaction.
    plan           text   not null,
    -- Null: unlimited.
    seat_cap       bigint check (seat_cap >= 1),
    access         text   not null check (access in ('full', 'no_growth', 'read_only', 'free')),
    -- How many members hold a seat, and how many invitations reserve one. Tests say that these equal count(*).
    seats_active   bigint not null,
    seats_reserved bigint not null check (seats_reserved >= 0),
    -- How many of the members are owners. There is always one.
    owners         bigint not null check (owners >= 1),
    -- The payment provider's name for it.
    customer       text   unique,
    created_at     bigint not null,
    check (seats_active >= owners)
);

-- One person's place in one organization. A removed member stays as a row with `removed_at`, for the history; coming
-- back makes a new row.
create table members (
    tenant_id    text   not null references organizations (tenant_id),
    id           text   not null unique,
    user_id      text   not null references users (id),
    role         text   not null check (role in ('owner', 'admin', 'member', 'viewer')),
    joined_at    bigint not null,
    last_seen_at bigint,
    removed_at   bigint,
    primary key (tenant_id, id)
);

-- A person has at most one place in an organization at a time.
create unique index members_once on members (tenant_id, user_id) where removed_at is null;
-- The list of one's organizations, and the door.
create index members_of_user on members (user_id) where removed_at is null;

-- An invitation holds a seat from the moment it is written until exactly one of its three ends is set. The token is
-- kept as its SHA-256.
create table invitations (
    tenant_id    text   not null references organizations (tenant_id),
    id           text   not null unique,
    email        text   not null,
    email_folded text   not null,
    role         text   not null check (role in ('owner', 'admin', 'member', 'viewer')),
    token_hash   bytea  not null unique check (length(token_hash) = 32),
    invited_by   text   not null references users (id),
    created_at   bigint not null,
    -- From then on it can no longer be accepted, even if nobody has set `expired_at` yet.
    expires_at   bigint not null,
    accepted_at  bigint,
    -- The member it became.
    accepted_as  text,
    cancelled_at bigint,
    expired_at   bigint,
    primary key (tenant_id, id),
    foreign key (tenant_id, accepted_as) references members (tenant_id, id),
    check ((accepted_at is null) = (accepted_as is null)),
    check (
        case when accepted_at is null then 0 else 1 end
        + case when cancelled_at is null then 0 else 1 end
        + case when expired_at is null then 0 else 1 end <= 1
    )
);

-- An address waits at most once in an organization.
create unique index invitations_once on invitations (tenant_id, email_folded)
    where accepted_at is null and cancelled_at is null and expired_at is null;
-- Those that wait, by when they end: the worker frees their seats.
create index invitations_waiting on invitations (expires_at)
    where accepted_at is null and cancelled_at is null and expired_at is null;

-- What was done, by whom. Written in the same transaction as the deed, never changed.
create table audit_log (
    tenant_id    text   not null references organizations (tenant_id),
    id           text   not null,
    at           bigint not null,
    action       text   not null,
    -- What it was done to: an id, or the name of the only thing of its kind.
    entity       text   not null,
    -- JSON; null when there was nothing before or is nothing after.
    before       text,
    after        text,
    -- `member`: actor_user and actor_member say who. `invited`: actor_note is the address. `system`: it is the reason.
    actor        text   not null check (actor in ('member', 'invited', 'system')),
    actor_user   text,
    actor_member text,
    actor_note   text,
    ip           text,
    user_agent   text,
    primary key (tenant_id, id)
);

create index audit_log_by_time on audit_log (tenant_id, at);
