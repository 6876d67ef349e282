-- raw.index_weight: one row per part of the distillation index: its weight in force since the last scoring.
-- grain: part
create table if not exists raw.index_weight (
    part varchar not null,
    weight double not null,
    index_version varchar not null
);
