-- Billing: what was bought. The provider is the truth, these are mirrors of it, written as whole snapshots.

-- The plans as they were sold, so that a subscriber can keep the version bought. One row for each text a plan has had.
create table plan_versions (
    plan          text   not null,
    -- SHA-256 of the definition, in hexadecimal.
    fingerprint   text   not null,
    -- The plan as JSON.
    definition    text   not null,
    first_seen_at bigint not null,
    primary key (plan, fingerprint)
);

-- Our mirror of a subscription at the provider. Its id is the provider's, and unique everywhere: two tenants never
-- have the same one. What has ended stays ended; otherwise a snapshot fetched earlier never replaces one fetched later.
create table subscriptions (
    tenant_id     text   not null references organizations (tenant_id),
    id            text   not null unique,
    customer      text   not null,
    -- Null when the price at the provider is none of ours.
    plan          text,
    paid_every    text   check (paid_every in ('month', 'year')),
    currency      text   not null,
    -- The line whose quantity is the seats; null when the plan has no price per seat.
    seat_item     text,
    quantity      bigint not null check (quantity >= 0),
    status        text   not null check (status in (
        'incomplete', 'incomplete_expired', 'trialing', 'active', 'past_due', 'unpaid', 'canceled', 'paused'
    )),
    period_from   bigint not null,
    period_until  bigint not null,
    ends_at       bigint,
    trial_ends_at bigint,
    ended_at      bigint,
    card          text,
    -- When the fetch of this snapshot began.
    fetched_at    bigint not null,
    first_seen_at bigint not null,
    primary key (tenant_id, id)
);

-- A started payment. Its id is the idempotency key at the provider, so asking twice opens one page.
create table checkouts (
    tenant_id    text   not null references organizations (tenant_id),
    id           text   not null unique,
    plan         text   not null,
    paid_every   text   not null check (paid_every in ('month', 'year')),
    seats        bigint not null check (seats >= 1),
    started_at   bigint not null,
    -- When the page closes: as planned at first, as the provider says once it has answered.
    expires_at   bigint not null,
    -- Null until the provider has answered.
    provider_id  text   unique,
    url          text,
    closed_at    bigint,
    close_reason text   check (close_reason in ('completed', 'expired', 'cancelled', 'failed')),
    primary key (tenant_id, id),
    check ((closed_at is null) = (close_reason is null))
);

-- An organization has at most one open payment page: twenty tabs that start at once share it.
create unique index checkouts_open on checkouts (tenant_id) where closed_at is null;

-- Who works on a subscription now, so that two snapshots of it are never applied at once. A lock ends by itself.
create table subscription_locks (
    id          text   not null primary key,
    holder      text   not null,
    locked_until bigint not null
);
