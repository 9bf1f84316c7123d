-- People, seats and roles, whole: accounts that prove their address, seats that can rest, domains, requests, a chained
-- audit log. Everything here is added; the version before runs on it unharmed.

-- Accounts ------------------------------------------------------------------------------------------------------------

-- A deleted account keeps its row, because history points at it, and nothing else: address and password are overwritten.
alter table users add column password_changed_at bigint;
alter table users add column deleted_at bigint;

-- Somebody who wants an account and has not shown yet that the address is theirs. There is no account until then, so an
-- unproved address can be claimed by nobody, and any number of people may try. Ends by being confirmed or by time.
create table sign_ups (
    id            text   not null primary key,
    email         text   not null,
    email_folded  text   not null,
    password_hash text   not null,
    -- SHA-256 of the token in the letter.
    token_hash    bytea  not null unique check (length(token_hash) = 32),
    -- SHA-256 of the token in a cookie of the browser that asked: another browser has to type the password again.
    browser_hash  bytea  not null check (length(browser_hash) = 32),
    -- Where to go afterwards, a local path.
    next          text,
    sent          bigint not null default 1,
    created_at    bigint not null,
    expires_at    bigint not null,
    confirmed_at  bigint
);

create index sign_ups_of_address on sign_ups (email_folded, created_at);

-- A wish to set a new password. Asked for by anybody, for any address; a row is only there for an account.
create table password_resets (
    id         text   not null primary key,
    user_id    text   not null references users (id),
    token_hash bytea  not null unique check (length(token_hash) = 32),
    created_at bigint not null,
    expires_at bigint not null,
    used_at    bigint
);

create index password_resets_of_user on password_resets (user_id);

-- A wish to change one's address. It happens once both the old and the new address have said yes.
create table address_changes (
    id               text   not null primary key,
    user_id          text   not null references users (id),
    email            text   not null,
    email_folded     text   not null,
    old_token_hash   bytea  not null unique check (length(old_token_hash) = 32),
    new_token_hash   bytea  not null unique check (length(new_token_hash) = 32),
    old_confirmed_at bigint,
    new_confirmed_at bigint,
    created_at       bigint not null,
    expires_at       bigint not null,
    -- Done, replaced by a newer wish, or taken back.
    ended_at         bigint
);

create unique index address_changes_one on address_changes (user_id) where ended_at is null;

-- Wrong passwords, counted for an address and for who tries: a browser that has signed in to that account before (it has
-- a cookie of its own) is counted apart from all strangers, so strangers cannot lock an owner out. The key is a SHA-256,
-- and is there for addresses without an account too.
create table sign_in_failures (
    key          bytea  not null primary key check (length(key) = 32),
    failures     bigint not null,
    last_at      bigint not null,
    locked_until bigint
);

-- What happened to an account: signed in, password changed, address changed. For its owner to see.
create table account_events (
    id         text   not null primary key,
    user_id    text   not null references users (id),
    at         bigint not null,
    action     text   not null,
    note       text,
    ip         text,
    user_agent text
);

create index account_events_of_user on account_events (user_id, at);

-- Keys that all nodes share and nobody has to set. Made at the first start.
create table secrets (
    name       text   not null primary key,
    value      bytea  not null,
    created_at bigint not null
);

-- Organizations -------------------------------------------------------------------------------------------------------

-- Closed by the operator: nobody gets in, and members are told why.
alter table organizations add column suspended_at bigint;
alter table organizations add column suspended_reason text;
-- The owner has said "go on with the free plan" after a subscription ended. Before there was a choice, all went on so.
alter table organizations add column free_since bigint;
update organizations
set free_since = (
    select max(coalesce(subscriptions.ended_at, subscriptions.first_seen_at))
    from subscriptions
    where subscriptions.tenant_id = organizations.tenant_id and subscriptions.status = 'canceled'
)
where access = 'free';
-- Whether people of `x.acme.test` count as people of `acme.test`.
alter table organizations add column subdomains boolean not null default false;
-- Whether people of the company's domain may ask for a seat.
alter table organizations add column join_requests boolean not null default true;
-- Whether viewers sit for nothing, as the plan says it.
alter table organizations add column viewers_free boolean not null default false;
-- The audit log's chain: how many lines were ever written, the hash of the last one, and where what is kept begins: the
-- number of lines that are gone by age, and the hash of the last of those.
alter table organizations add column audit_count bigint not null default 0;
alter table organizations add column audit_head bytea;
alter table organizations add column audit_dropped bigint not null default 0;
alter table organizations add column audit_anchor bytea;

-- Every slug that an organization has or had. A slug given up leads to the organization as long as it exists, and is
-- nobody else's.
create table slugs (
    slug       text   not null primary key,
    tenant_id  text   not null references organizations (tenant_id),
    taken_at   bigint not null,
    retired_at bigint
);

create index slugs_of_tenant on slugs (tenant_id);
insert into slugs (slug, tenant_id, taken_at) select slug, tenant_id, created_at from organizations;

-- What is left of a deleted organization: enough to recognise a late webhook and to answer an auditor, and no person.
create table tombstones (
    tenant_id     text   not null primary key,
    slug          text   not null,
    customer      text,
    -- JSON: the provider's ids of its subscriptions.
    subscriptions text   not null,
    created_at    bigint not null,
    deleted_at    bigint not null,
    deleted_by    text   not null,
    audit_count   bigint not null,
    audit_head    bytea
);

create index tombstones_of_customer on tombstones (customer);

-- E-mail domains of a company besides the one it was created with. One counts once its owner has shown that the domain
-- is theirs, by a TXT record with `challenge` in it; it goes on counting while later looks find it. The worker looks
-- again at `look_at`. `failures` counts the looks in a row that did not find the record; at three of them a domain
-- stops counting for new people, until a look finds it again. Two companies may have the same domain.
create table domains (
    tenant_id   text    not null references organizations (tenant_id),
    id          text    not null unique,
    domain      text    not null,
    subdomains  boolean not null default false,
    challenge   text    not null,
    created_at  bigint  not null,
    verified_at bigint,
    checked_at  bigint,
    -- What the last look found instead: `missing`, `other` (a record of somebody else), `unanswered`.
    failure     text    check (failure in ('missing', 'other', 'unanswered')),
    failures    bigint  not null default 0 check (failures >= 0),
    look_at     bigint,
    removed_at  bigint,
    primary key (tenant_id, id)
);

create unique index domains_once on domains (tenant_id, domain) where removed_at is null;
create index domains_to_look_at on domains (look_at) where removed_at is null and look_at is not null;
create index domains_by_name on domains (domain) where removed_at is null and verified_at is not null;

-- Seats ---------------------------------------------------------------------------------------------------------------

-- A suspended member keeps their place and what is theirs, and has no access and no seat. `suspended_for` says whether
-- a person decided it or the plan's cap: the latter come back by themselves when there is room again.
alter table members add column suspended_at bigint;
alter table members add column suspended_until bigint;
alter table members add column suspended_reason text;
alter table members add column suspended_for text check (suspended_for in ('person', 'plan'));
-- Whether this member takes a seat when active: all do, but viewers where the plan lets them sit for nothing.
alter table members add column seated boolean not null default true;

create index members_by_user_active on members (tenant_id, user_id) where removed_at is null;
create index members_resting on members (suspended_until) where suspended_until is not null and removed_at is null;

alter table invitations add column seated boolean not null default true;
alter table invitations add column sent bigint not null default 1;
alter table invitations add column last_sent_at bigint;
alter table invitations add column cancel_reason text;

create index invitations_by_time on invitations (tenant_id, created_at);

-- More links to one invitation: each sending and each copied link has a token of its own, and all end with it.
create table invitation_links (
    tenant_id  text   not null references organizations (tenant_id),
    token_hash bytea  not null unique check (length(token_hash) = 32),
    invitation text   not null,
    created_at bigint not null,
    primary key (tenant_id, token_hash),
    foreign key (tenant_id, invitation) references invitations (tenant_id, id)
);

-- Somebody asks for a seat: a member for a colleague (`asked_by`), or a newcomer of the company's domain for themselves
-- (`user_id`). It waits for an answer; approved without a free seat it stands on the wait list, the oldest first; it ends
-- with a seat, a refusal, or taken back.
create table seat_requests (
    tenant_id    text   not null references organizations (tenant_id),
    id           text   not null unique,
    email        text   not null,
    email_folded text   not null,
    user_id      text   references users (id),
    asked_by     text   references users (id),
    role         text   not null check (role in ('owner', 'admin', 'member', 'viewer')),
    note         text,
    created_at   bigint not null,
    approved_at  bigint,
    approved_by  text   references users (id),
    seated_at    bigint,
    declined_at  bigint,
    decline_reason text,
    withdrawn_at bigint,
    primary key (tenant_id, id)
);

create unique index seat_requests_once on seat_requests (tenant_id, email_folded)
    where seated_at is null and declined_at is null and withdrawn_at is null;
create index seat_requests_waiting on seat_requests (approved_at)
    where approved_at is not null and seated_at is null and declined_at is null and withdrawn_at is null;

-- Every move of a seat, with the counters after it, written by the gate itself. For history and analytics.
create table seat_events (
    tenant_id  text   not null references organizations (tenant_id),
    id         text   not null,
    at         bigint not null,
    kind       text   not null check (kind in (
        'created', 'invited', 'cancelled', 'expired', 'joined', 'left', 'removed', 'suspended', 'reactivated',
        'role_changed', 'cap_changed'
    )),
    -- Who it is about: a member's or an invitation's id; null for the cap.
    entity     text,
    role       text,
    active     bigint not null,
    reserved   bigint not null,
    cap        bigint,
    primary key (tenant_id, id)
);

create index seat_events_by_time on seat_events (tenant_id, at);

-- Audit ---------------------------------------------------------------------------------------------------------------

-- The number of a line in its organization's chain, from 1, and the SHA-256 over the line before and this one. Lines
-- written before there was a chain get theirs when the program migrates.
alter table audit_log add column seq bigint;
alter table audit_log add column hash bytea;

create unique index audit_log_chain on audit_log (tenant_id, seq);

-- Queues --------------------------------------------------------------------------------------------------------------

-- A letter about an account is decided when it is sent, not when it is asked for, so that asking takes the same time
-- whether there is an account or not: a kind of its own, which the old table's check did not know.
create table outbox_next (
    id          text   not null primary key,
    tenant_id   text   references organizations (tenant_id),
    kind        text   not null check (kind in ('sync_seats', 'mail', 'account')),
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

insert into outbox_next select id, tenant_id, kind, payload, wanted_at, ready_at, attempts, last_error, finished_at, outcome from outbox;
drop table outbox;
alter table outbox_next rename to outbox;

create unique index outbox_one_sync on outbox (tenant_id)
    where kind = 'sync_seats' and attempts = 0 and finished_at is null;
create index outbox_ready on outbox (ready_at) where finished_at is null;
create index outbox_of_tenant on outbox (tenant_id, kind) where finished_at is null;
