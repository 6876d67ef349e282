-- score.judge_agreement: one row per two judges, mode, target and score: how far their labels of the same replies agree.
-- grain: mode, target, left_judge, right_judge, score
-- written by: tasks/identity/judge_agreement.py
-- target all: pooled. kappa: Cohen's, with an interval over templates; null where it can't be formed, with the reason.
create table if not exists score.judge_agreement (
    mode varchar not null,
    -- target: Model under test; all: pooled.
    target varchar not null,
    left_judge varchar not null,
    right_judge varchar not null,
    score varchar not null,
    -- n: Replies that both judges read.
    n bigint not null,
    -- n_missing: Replies that one of them did not read.
    n_missing bigint not null,
    left_rate double,
    right_rate double,
    agreement double,
    kappa double,
    kappa_low double,
    kappa_high double,
    missing_reason varchar,
    computed_at timestamp not null
);
