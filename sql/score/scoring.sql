-- score.scoring: one row per step of a scoring, as last computed: what it was formed from, so that it need not be formed again.
-- grain: step
-- written by: tasks/adapters/warehouse/formed.py
create table if not exists score.scoring (
    -- step: Step of a scoring.
    step varchar not null,
    -- formed_from: Digest of the facts, options and program that it was last formed from.
    formed_from varchar not null
);
