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
