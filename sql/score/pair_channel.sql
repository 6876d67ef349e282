-- score.pair_channel: one row per target, other model and channel, as last computed: sums over the prompts both answered.
-- grain: target, reference, channel
-- written by: tasks/similarity/verdict.py
-- statistic_version: of the composite score that the channel is part of. mean: of the channel's values; centred: of what is
-- left of them after the background's mean is taken off, over n_centred prompts. A model with itself compares its samples.
create table if not exists score.pair_channel (
    target varchar not null,
    reference varchar not null,
    channel varchar not null,
    statistic_version varchar not null,
    n_prompts bigint not null,
    n_centred bigint not null,
    mean double,
    centred double,
    centred_low double,
    centred_high double,
    spread double,
    computed_at timestamp not null
);
