-- score.identity_difference: one row per two targets, mode, judge and score, as last computed: the paired difference on what both answered.
-- grain: left_target, right_target, mode, judge, score
-- written by: tasks/identity/score_identity.py
create table if not exists score.identity_difference (
    left_target varchar not null,
    right_target varchar not null,
    mode varchar not null,
    judge varchar not null,
    score varchar not null,
    -- difference: Value of the left target less that of the right, on probes that both have a label of.
    difference double,
    -- low: Lower end of the difference's 95 % interval.
    low double,
    -- high: Upper end of the difference's 95 % interval.
    high double,
    p double,
    -- p_holm: p after Holm's adjustment over all differences of its kind.
    p_holm double,
    -- n: Probes that both have a label of.
    n bigint not null,
    n_templates bigint not null,
    computed_at timestamp not null
);
