-- score.position_bias: one row per judge that read pairs in both orders, as last computed.
-- grain: judge
-- written by: tasks/rse/score_rse.py
create table if not exists score.position_bias (
    judge varchar not null,
    judge_version varchar not null,
    -- difference: Mean grade with the target first, less that of the same pair with the reference first.
    difference double,
    -- low: Lower end of the difference's 95 % interval over prompts.
    low double,
    -- high: Upper end of the difference's 95 % interval over prompts.
    high double,
    inconsistency_rate double,
    -- n: Pairs that were read in both orders.
    n bigint not null,
    n_missing bigint not null,
    missing_reason varchar,
    computed_at timestamp not null
);
