-- score.drift: one row per target, round and measure: how it changed since the earlier round that compares.
-- grain: target, round, measure
-- written by: tasks/rounds/drift.py
-- kept: rows of older rounds stay as they were computed, also once their replies are pruned.
-- p_holm: over all targets and measures of the round. earlier_round is null where no earlier round had the same recipe.
create table if not exists score.drift (
    target varchar not null,
    round varchar not null,
    earlier_round varchar,
    preceding_round varchar not null,
    measure varchar not null,
    -- reference: Of prefix_overlap_d: the reference that is nearest over both rounds.
    reference varchar,
    value_before double,
    value_after double,
    change double,
    -- low: Lower end of the change's 95 % interval over prompts, or templates and questions.
    low double,
    -- high: Upper end of the change's 95 % interval over prompts, or templates and questions.
    high double,
    -- p: p value of no change; null where none can be had.
    p double,
    -- p_holm: p after Holm's adjustment over all targets and measures of the round.
    p_holm double,
    -- n: Prompts, pairs of replies or probes that both rounds have.
    n bigint not null,
    is_recipe_changed boolean not null,
    is_card_changed boolean not null,
    missing_reason varchar,
    computed_at timestamp not null
);
