-- What was bought stays what it was, and billed seats move by their plan's rule.

-- The version of its plan that an organization has, as `plan_versions.fingerprint` has it. Null: the catalogue's.
alter table organizations add column plan_version text;

-- Paid in what. The version before sold in US dollars where it could, and everything it has sold was.
alter table checkouts add column currency text not null default 'usd';

-- The worker looks whose period ends soon.
create index subscriptions_ending on subscriptions (period_until);

-- What has to be known of a line of billed seats in its running period, beside what the provider has: whether seats are
-- left over from the period before, what was raised today, and what is paid for although the number was lowered for the
-- next period already. One row for each period in which the line was seen; `domain::billed` says what follows.
create table seat_periods (
    tenant_id     text    not null references organizations (tenant_id),
    -- The provider's name for the subscription.
    subscription  text    not null,
    part          text    not null check (part in ('per_seat', 'overage')),
    period_from   bigint  not null,
    -- No earlier period of this line was seen: what it began with is what was bought.
    is_first      boolean not null,
    -- Billed when the period was first seen, and needed then.
    quantity      bigint  not null check (quantity >= 0),
    owed          bigint  not null check (owed >= 0),
    seen_at       bigint  not null,
    -- The day (its first instant) of the last raise, and what was billed before that day's.
    raised_day    bigint,
    raised_before bigint,
    -- Paid for until the period ends, after the number was lowered for the next one.
    kept          bigint,
    -- When the number for the next period was looked at.
    closed_at     bigint,
    primary key (tenant_id, subscription, part, period_from),
    check ((raised_day is null) = (raised_before is null))
);

-- How often an effect was put off without having failed: the provider takes only so much at a time, or something else
-- has to be finished first. Such tries do not count.
alter table outbox add column postponed bigint not null default 0;
