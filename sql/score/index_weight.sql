-- score.index_weight: one row per part of the distillation index: its weight in force since the last scoring.
-- grain: part
-- written by: tasks/publish/set_index_weights.py
-- kept: a scoring without a plan leaves them as the last plan set them.
create table if not exists score.index_weight (
    part varchar not null,
    weight double not null,
    index_version varchar not null
);
