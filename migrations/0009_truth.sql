-- Keeping our mirror true: the inbox learns to finish a burst with one look, and what reconciliation finds is kept.

-- Whom or what an event is about, coarsely: the customer, else the subscription, else the object. Events of one lane are
-- worked on together and by one worker at a time, and one look at the provider finishes all that had come before it.
alter table billing_events add column lane text not null default '';
-- The few fields of it that are read, as JSON; null: to be read from the body.
alter table billing_events add column hint text;
-- Who has it in hands, and until when. `ready_at` says when it may be tried (again), and `attempts` counts the times that
-- it was tried; an event that waits for its next try may ride along with one of the same lane, which counts as no try.
alter table billing_events add column holder text;
alter table billing_events add column held_until bigint;

update billing_events set lane = coalesce(customer, object, id);

create index billing_events_lane on billing_events (lane) where finished_at is null;
create index billing_events_dead on billing_events (received_at) where outcome = 'dead';

-- What only one node does at a time. The row is made by hand, so that whoever takes the turn updates, and waits for who
-- has just updated it.
create table turns (
    name       text   not null primary key,
    holder     text,
    held_until bigint,
    -- When it was done last.
    done_at    bigint
);

insert into turns (name) values ('inbox');
insert into turns (name) values ('reconciliation');

-- What reconciliation has found: where two books differ, since when, and since when no more. One row for each thing that
-- differs in one way, however often it is found.
create table findings (
    drift         text   not null,
    -- What differs: a subscription, or an organization, or the inbox.
    subject       text   not null,
    -- Whose it is; null: of none.
    tenant_id     text   references organizations (tenant_id),
    -- What was seen in the books, as JSON.
    evidence      text   not null,
    first_seen_at bigint not null,
    last_seen_at  bigint not null,
    -- When a repair was made last.
    repaired_at   bigint,
    -- Since when it is not found any more.
    resolved_at   bigint,
    primary key (drift, subject)
);

create index findings_open on findings (last_seen_at) where resolved_at is null;
create index findings_of_tenant on findings (tenant_id);

-- What would have been refused while a gate is only watched: how often, since when, and when last.
create table overlooked (
    tenant_id text   not null references organizations (tenant_id),
    gate      text   not null check (gate in ('seats', 'access', 'plans')),
    -- The refusal's code, such as seats-full.
    code      text   not null,
    times     bigint not null,
    first_at  bigint not null,
    last_at   bigint not null,
    primary key (tenant_id, gate, code)
);
