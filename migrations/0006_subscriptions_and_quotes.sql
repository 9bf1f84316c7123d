-- Subscriptions as they are at the provider, with all that is decided about them and has not happened yet.

-- Everything here mirrors the provider and is written as one snapshot with the rest of the row. A row of the version
-- before says nothing of it until the subscription is fetched the next time.
-- JSON: each line with its price, part, plan, interval, quantity and unit.
alter table subscriptions add column lines text not null default '[]';
-- The end was said as "with the period", not as a date.
alter table subscriptions add column ends_with_period boolean not null default false;
-- JSON: a change that waits for its payment; one that is arranged for a later day; what of it rests.
alter table subscriptions add column waiting text;
alter table subscriptions add column scheduled text;
alter table subscriptions add column pause text;
alter table subscriptions add column latest_invoice text;

-- Seats that an owner has bought ahead of the people: so many are billed at least, whoever comes and goes.
alter table organizations add column seats_floor bigint not null default 0 check (seats_floor >= 0);

-- What a change of plan, interval or seats was said to cost, and what became of it. A row is a quote; its id is the
-- idempotency key of the change at the provider. It is offered, and over at `expires_at` unless somebody agrees to it
-- before (`confirmed_at`). Then it is under way: perhaps waiting for its payment (`waiting_at`), until it is closed.
create table quotes (
    tenant_id    text   not null references organizations (tenant_id),
    id           text   not null unique,
    -- At the provider.
    subscription text   not null,
    asked_by     text   not null references users (id),
    -- What is wanted.
    plan         text   not null,
    paid_every   text   not null check (paid_every in ('month', 'year')),
    seats        bigint not null check (seats >= 1),
    -- What was shown, as canonical JSON, and its SHA-256: who agrees, agrees to exactly this.
    offer        text   not null,
    hash         bytea  not null check (length(hash) = 32),
    -- The change in the words in which the provider is asked for it, as JSON: one key always comes with the same words.
    change       text   not null,
    -- SHA-256 of what it was made from: lines, period, charges, balance.
    basis        bytea  not null check (length(basis) = 32),
    -- JSON: our own reckoning, where the provider's differs. What was shown is the provider's.
    difference   text,
    offered_at   bigint not null,
    expires_at   bigint not null,
    confirmed_at bigint,
    confirmed_by text   references users (id),
    waiting_at   bigint,
    -- The invoice that was made, and where it is paid while it waits.
    invoice      text,
    pay_url      text,
    -- JSON: the invoice against what was shown, to the smallest unit.
    compared     text,
    -- When the worker has looked at it last.
    looked_at    bigint,
    closed_at    bigint,
    outcome      text   check (outcome in ('applied', 'refused', 'expired', 'taken_back')),
    reason       text,
    primary key (tenant_id, id),
    check ((confirmed_at is null) = (confirmed_by is null)),
    check (waiting_at is null or confirmed_at is not null),
    check (closed_at is null or confirmed_at is not null),
    check ((closed_at is null) = (outcome is null))
);

-- At most one is under way: twenty clicks are one.
create unique index quotes_under_way on quotes (tenant_id) where confirmed_at is not null and closed_at is null;
create index quotes_unfinished on quotes (confirmed_at) where confirmed_at is not null and compared is null;
