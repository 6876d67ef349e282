-- score.pair_score: one row per target and candidate teacher, as last computed: the verdict's score of the two models alone.
-- grain: target, reference
-- written by: tasks/similarity/verdict.py
-- z: against the unrelated models' scores with the same reference, without the target's family where it is one of them; by
-- their own variance. A verdict's z is of a group's best snapshot, and its variance is moderated by that of all groups.
create table if not exists score.pair_score (
    target varchar not null,
    reference varchar not null,
    statistic varchar not null,
    statistic_version varchar not null,
    score double not null,
    z double,
    computed_at timestamp not null
);
