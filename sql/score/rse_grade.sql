-- score.rse_grade: one row per target, reference, prompt set and judge, as last computed from its grades.
-- grain: target, reference, prompt_set, judge
create table if not exists score.rse_grade (
    target varchar not null,
    reference varchar not null,
    prompt_set varchar not null,
    style_grade double,
    structure_grade double,
    content_grade double,
    grade double,
    low double,
    high double,
    n bigint not null,
    n_missing bigint not null,
    n_truncated bigint not null,
    coverage double not null,
    missing_reason varchar,
    judge varchar not null,
    judge_version varchar not null,
    computed_at timestamp not null
);
