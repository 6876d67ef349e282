-- raw.judge_priority: one row per judge in each order of judges that a plan, a search or an ingest registered.
-- grain: registered_at, judge
-- priority: 0 for the judge whose labels of identity probes count first. The order that was registered last counts.
create table if not exists raw.judge_priority (
    judge varchar not null,
    priority integer not null,
    registered_at timestamp not null
);
