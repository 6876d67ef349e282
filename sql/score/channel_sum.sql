-- score.channel_sum: one row per target, reference, channel and prompt set, as last computed: sums over prompts.
-- grain: target, reference, channel, prompt_set
-- written by: tasks/adapters/warehouse/pair_sums.py
-- total, square_total: of the channel's values, over the n prompts that both answered. centred_total and
-- centred_square_total: of what is left of them after the background's mean is taken off, over n_centred prompts. n_background: the
-- most models that prefix_overlap was centred on. A model with itself compares its samples.
create table if not exists score.channel_sum (
    target varchar not null,
    reference varchar not null,
    channel varchar not null,
    prompt_set varchar not null,
    -- n: Prompts of the set that both models answered and that the channel can compare.
    n bigint not null,
    -- total: Sum over those prompts of the channel's values.
    total double not null,
    -- square_total: Sum of their squares.
    square_total double not null,
    -- n_centred: Prompts on which a background was left to centre on.
    n_centred bigint not null,
    -- centred_total: Sum of the values less the background's mean.
    centred_total double not null,
    -- centred_square_total: Sum of the squares of those differences.
    centred_square_total double not null,
    -- n_background: Most models that prefix_overlap was centred on; null for other channels.
    n_background bigint
);
