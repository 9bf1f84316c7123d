-- Invoices, what becomes of those that are not paid, and what stands on them.

-- Our mirror of an invoice at the provider, written as a whole snapshot like a subscription. Amounts are minor units of
-- the invoice's currency; `total + balance = due`. What is paid or void stays so.
create table invoices (
    tenant_id     text   not null references organizations (tenant_id),
    id            text   not null unique,
    customer      text   not null,
    subscription  text,
    -- For people; drafts have none.
    number        text,
    status        text   not null check (status in ('draft', 'open', 'paid', 'void', 'uncollectible')),
    reason        text   not null check (reason in ('create', 'cycle', 'update', 'manual', 'other')),
    currency      text   not null,
    subtotal      bigint not null,
    total         bigint not null,
    balance       bigint not null,
    due           bigint not null check (total + balance = due),
    paid          bigint not null,
    remaining     bigint not null,
    -- Given back after the payment, all in all: taken from the provider each time, never added up here.
    refunded      bigint not null,
    credited      bigint not null,
    disputed      boolean not null,
    card          text,
    needs_confirmation boolean not null,
    attempts      bigint not null check (attempts >= 0),
    next_attempt  bigint,
    period_from   bigint not null,
    period_until  bigint not null,
    created_at    bigint not null,
    due_at        bigint,
    finalized_at  bigint,
    paid_at       bigint,
    page          text,
    pdf           text,
    -- JSON: the provider's names of its payments, by which a refund finds it; and its lines.
    payments      text   not null,
    lines         text   not null,
    -- When the fetch of this snapshot began.
    fetched_at    bigint not null,
    first_seen_at bigint not null,
    primary key (tenant_id, id)
);

create index invoices_by_time on invoices (tenant_id, created_at);

-- An invoice that is owed, from its first failure until it is paid or taken back. Whether the organization is in debt is
-- whether it has an open case, whatever state its subscription is in.
create table dunning_cases (
    tenant_id text   not null references organizations (tenant_id),
    invoice   text   not null,
    opened_at bigint not null,
    -- When somebody was told last.
    told_at   bigint,
    -- When it is looked at again in case an event was lost.
    look_at   bigint not null,
    closed_at bigint,
    primary key (tenant_id, invoice),
    foreign key (tenant_id, invoice) references invoices (tenant_id, id)
);

create index dunning_cases_open on dunning_cases (look_at) where closed_at is null;

-- What was told about money, so that it is told once: the key names the invoice and the step. Written in the transaction
-- that leaves the letters in the outbox.
create table notices (
    tenant_id text   not null references organizations (tenant_id),
    key       text   not null,
    told_at   bigint not null,
    primary key (tenant_id, key)
);

-- What stands on an organization's invoices about itself. `sent_at` is when the provider had it last.
create table billing_details (
    tenant_id    text   not null references organizations (tenant_id),
    company      text   not null,
    line1        text   not null,
    line2        text   not null,
    city         text   not null,
    postal_code  text   not null,
    state        text   not null,
    country      text   not null,
    po_number    text   not null,
    tax_kind     text,
    tax_number   text,
    -- What the provider has found out about the tax number.
    tax_state    text,
    changed_at   bigint not null,
    sent_at      bigint,
    primary key (tenant_id),
    check ((tax_kind is null) = (tax_number is null))
);

-- Who gets invoices and letters about payments and needs no account and no seat. Nothing is sent to an address before
-- its owner has said yes by the link, whose token is kept as its SHA-256.
create table billing_contacts (
    tenant_id    text   not null references organizations (tenant_id),
    id           text   not null unique,
    email        text   not null,
    email_folded text   not null,
    token_hash   bytea  not null unique check (length(token_hash) = 32),
    added_at     bigint not null,
    expires_at   bigint not null,
    confirmed_at bigint,
    -- Since when the provider's own letters go there; the latest counts.
    first_since  bigint,
    removed_at   bigint,
    primary key (tenant_id, id)
);

create unique index billing_contacts_once on billing_contacts (tenant_id, email_folded) where removed_at is null;

-- What is to be done outside gets one more kind: bringing these details to the provider. Which kinds there are is what
-- the program can do, and a check that lists them would make every new one a new table, so there is none any more.
create table outbox_next (
    id          text   not null primary key,
    tenant_id   text   references organizations (tenant_id),
    kind        text   not null,
    -- JSON; null for what is done as things stand then, and once a letter has been sent.
    payload     text,
    wanted_at   bigint not null,
    ready_at    bigint not null,
    attempts    bigint not null default 0 check (attempts >= 0),
    last_error  text,
    finished_at bigint,
    outcome     text   check (outcome in ('done', 'dead')),
    check (kind not in ('sync_seats', 'billing_details') or tenant_id is not null),
    check ((finished_at is null) = (outcome is null))
);

insert into outbox_next select id, tenant_id, kind, payload, wanted_at, ready_at, attempts, last_error, finished_at, outcome from outbox;
drop table outbox;
alter table outbox_next rename to outbox;

create unique index outbox_one_sync on outbox (tenant_id)
    where kind = 'sync_seats' and attempts = 0 and finished_at is null;
create unique index outbox_one_details on outbox (tenant_id)
    where kind = 'billing_details' and attempts = 0 and finished_at is null;
create index outbox_ready on outbox (ready_at) where finished_at is null;
create index outbox_of_tenant on outbox (tenant_id, kind) where finished_at is null;
