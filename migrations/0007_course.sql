-- The course of a subscription: why somebody goes, and what an owner wants smaller from the next period on.

-- An owner ends the plan with its period. Written before the provider is asked, and its id is the key with which it is
-- asked; whether the end is decided stands in the mirror. What was said on the way out is kept here.
create table cancellations (
    tenant_id    text   not null references organizations (tenant_id),
    id           text   not null unique,
    -- The provider's name for the subscription.
    subscription text   not null,
    asked_by     text   not null,
    asked_at     bigint not null,
    reason       text   check (reason in (
        'too_expensive', 'missing_features', 'switched_service', 'unused', 'customer_service', 'too_complex',
        'low_quality', 'other'
    )),
    comment      text,
    -- Taken back by an owner before the end came.
    undone_at    bigint,
    primary key (tenant_id, id),
    foreign key (tenant_id, asked_by) references members (tenant_id, id)
);

create index cancellations_of_tenant on cancellations (tenant_id, asked_at);

-- Fewer seats bought ahead, from the renewal on: the number, and when that is. Until then `seats_floor` holds, and it can
-- be taken back; shortly before the renewal it becomes `seats_floor`, so that the renewal bills it.
alter table organizations add column seats_floor_next bigint check (seats_floor_next >= 0);
alter table organizations add column seats_floor_at bigint;

-- The worker lowers those whose renewal comes.
create index organizations_floor_due on organizations (seats_floor_at) where seats_floor_at is not null;
