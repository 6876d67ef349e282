-- score.rse_grade: one row per target, reference, prompt set and judge, as last computed from its grades.
-- grain: target, reference, prompt_set, judge
-- written by: tasks/rse/score_rse.py
create table if not exists score.rse_grade (
    target varchar not null,
    reference varchar not null,
    -- prompt_set: Name of the prompt set; all: the mean of the sets.
    prompt_set varchar not null,
    style_grade double,
    structure_grade double,
    content_grade double,
    grade double,
    -- low: Lower end of the grade's 95 % interval over new prompts.
    low double,
    -- high: Upper end of the grade's 95 % interval over new prompts.
    high double,
    -- n: Pairs of replies with grades.
    n bigint not null,
    -- n_missing: Chosen pairs without grades.
    n_missing bigint not null,
    -- n_truncated: Pairs of which the judge saw a part.
    n_truncated bigint not null,
    coverage double not null,
    missing_reason varchar,
    judge varchar not null,
    judge_version varchar not null,
    computed_at timestamp not null
);
