-- raw.hypothesis: one row per pair that was asked about before its verdict was seen, when it was first asked.
-- grain: target, candidate_group
-- p values of these pairs are adjusted over them alone.
create table if not exists raw.hypothesis (
    target varchar not null,
    candidate_group varchar not null,
    -- source: Who asked: a plan, a lineage file.
    source varchar not null,
    -- stated_at: When it was asked (UTC).
    stated_at timestamp not null
);
