-- raw.question: one row per pair that was asked about before its verdict was seen, each time it was asked.
-- grain: target, candidate_group, asked_at
-- p values of these pairs are adjusted over them alone.
create table if not exists raw.question (
    target varchar not null,
    candidate_group varchar not null,
    source varchar not null,
    asked_at timestamp not null
);
