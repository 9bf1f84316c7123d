-- Accounts: people and their signed-in browsers. They belong to no tenant; memberships tie them to one (0002).
--
-- One text for SQLite and PostgreSQL, so only four kinds of columns: text, bigint, boolean and bytea (SQLite takes
-- any type name and keeps what is bound). Times are bigint, microseconds since 1970 in UTC. A state is a time:
-- `removed_at` says when, not only whether.

-- A person. The address as it was written is for the screen; the folded one is who they are, and unique.
create table users (
    id            text   not null primary key,
    email         text   not null,
    email_folded  text   not null unique,
    -- A PHC string (argon2id). Never leaves the store but to be verified.
    password_hash text   not null,
    created_at    bigint not null
);

-- A signed-in browser. The token itself is only in the cookie; here is its SHA-256, so a stolen copy of this table
-- signs nobody in. Signing out deletes the row.
create table sessions (
    id           text   not null primary key,
    user_id      text   not null references users (id),
    token_hash   bytea  not null unique check (length(token_hash) = 32),
    created_at   bigint not null,
    last_seen_at bigint not null,
    expires_at   bigint not null,
    ip           text,
    user_agent   text
);

create index sessions_of_user on sessions (user_id);
