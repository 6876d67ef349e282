-- score.identity_score: one row per target, mode, judge, score and slice, as last computed.
-- grain: target, mode, judge, score, slice
-- written by: tasks/identity/score_identity.py
-- n: probes with a label; n_missing: those without.
create table if not exists score.identity_score (
    target varchar not null,
    mode varchar not null,
    judge varchar not null,
    score varchar not null,
    slice varchar not null,
    value double,
    -- low: Lower end of the value's 95 % interval over new templates and questions.
    low double,
    -- high: Upper end of the value's 95 % interval over new templates and questions.
    high double,
    bound_low double,
    bound_high double,
    -- n: Probes with a label: the denominator of value.
    n bigint not null,
    n_missing bigint not null,
    coverage double,
    design_effect double,
    n_effective double,
    n_templates bigint not null,
    n_questions bigint not null,
    method varchar,
    computed_at timestamp not null
);
