-- score.position_bias: one row per judge that read pairs in both orders, as last computed.
-- grain: judge
create table if not exists score.position_bias (
    judge varchar not null,
    judge_version varchar not null,
    difference double,
    low double,
    high double,
    inconsistency_rate double,
    n bigint not null,
    n_missing bigint not null,
    missing_reason varchar,
    computed_at timestamp not null
);
