-- score.identity_difference: one row per two targets, mode, judge and score, as last computed: the paired difference on what both answered.
-- grain: left_target, right_target, mode, judge, score
create table if not exists score.identity_difference (
    left_target varchar not null,
    right_target varchar not null,
    mode varchar not null,
    judge varchar not null,
    score varchar not null,
    difference double,
    low double,
    high double,
    p double,
    p_holm double,
    n bigint not null,
    n_templates bigint not null,
    computed_at timestamp not null
);
