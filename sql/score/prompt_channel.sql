-- score.prompt_channel: one row per prompt and channel, as last computed: means over pairs of models that answered it.
-- grain: prompt_id, channel
-- written by: tasks/adapters/warehouse/pair_sums.py
-- Of the channels prefix_overlap and overlap. between_vendors: over pairs of models of different vendors; within_families and
-- between_families: over pairs of one family, and of two.
create table if not exists score.prompt_channel (
    prompt_id varchar not null,
    channel varchar not null,
    -- n_between_vendors: Pairs of models of different vendors that both answered.
    n_between_vendors bigint not null,
    -- between_vendors: Mean of the channel's value over those pairs.
    between_vendors double,
    -- n_within_families: Pairs of models of one family that both answered.
    n_within_families bigint not null,
    -- within_families: Mean of the channel's value over those pairs.
    within_families double,
    -- n_between_families: Pairs of models of two families that both answered.
    n_between_families bigint not null,
    -- between_families: Mean of the channel's value over those pairs.
    between_families double
);
