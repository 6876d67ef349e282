-- raw.position_bias: one row per judge that read pairs in both orders, as last computed.
-- grain: judge
create table if not exists raw.position_bias (
    judge varchar not null,
    judge_version varchar not null,
    difference double,
    low double,
    high double,
    differing_share double,
    n bigint not null,
    n_missing bigint not null,
    reason varchar,
    computed_at timestamp not null
);
