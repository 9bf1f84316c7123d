-- Two queues with the same life: a row waits until `ready_at`, a worker takes it by counting `attempts` up and moving
-- `ready_at` to the end of its lease, and finishes it only if `attempts` is still the number it took: a worker that
-- was too slow has lost the row to the next one and cannot finish it any more. `finished_at` ends it, with `outcome`
-- saying how.

-- The inbox: one row for each webhook of the payment provider, stored before the provider is told that it arrived.
create table billing_events (
    -- The provider's id; a second delivery finds it taken.
    id          text    not null primary key,
    kind        text    not null,
    api_version text,
    -- Real money or not.
    livemode    boolean not null,
    -- When it happened, says the provider, to the second. Never ordered by.
    created     bigint  not null,
    object      text,
    customer    text,
    -- The body as it came, byte for byte.
    raw         bytea   not null,
    received_at bigint  not null,
    ready_at    bigint  not null,
    attempts    bigint  not null default 0 check (attempts >= 0),
    -- It is about a customer that is not known yet; released when that customer becomes known.
    parked_at   bigint,
    last_error  text,
    finished_at bigint,
    outcome     text    check (outcome in ('done', 'ignored', 'dead')),
    check ((finished_at is null) = (outcome is null))
);

create index billing_events_ready on billing_events (ready_at) where finished_at is null;
create index billing_events_parked on billing_events (customer) where parked_at is not null and finished_at is null;
create index billing_events_received on billing_events (received_at);

-- The outbox: effects outside of the database, written in the transaction that wants them and performed afterwards.
-- `tenant_id` is null for what belongs to no organization, such as a letter about an account.
create table outbox (
    id          text   not null primary key,
    tenant_id   text   references organizations (tenant_id),
    kind        text   not null check (kind in ('sync_seats', 'mail')),
    -- JSON; null for sync_seats, and once a letter has been sent.
    payload     text,
    wanted_at   bigint not null,
    ready_at    bigint not null,
    attempts    bigint not null default 0 check (attempts >= 0),
    last_error  text,
    finished_at bigint,
    outcome     text   check (outcome in ('done', 'dead')),
    check (kind <> 'sync_seats' or tenant_id is not null),
    check ((finished_at is null) = (outcome is null))
);

-- Seat changes say "bring the provider up to date", so one that nobody has started yet covers all that follow.
create unique index outbox_one_sync on outbox (tenant_id)
    where kind = 'sync_seats' and attempts = 0 and finished_at is null;
create index outbox_ready on outbox (ready_at) where finished_at is null;
create index outbox_of_tenant on outbox (tenant_id, kind) where finished_at is null;

-- The development mailbox: where letters go when no mail server is configured.
create table letters (
    id         text   not null primary key,
    recipient  text   not null,
    subject    text   not null,
    body       text   not null,
    written_at bigint not null
);

create index letters_by_time on letters (written_at);
