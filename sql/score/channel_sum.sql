-- score.channel_sum: one row per target, reference, channel and prompt set, as last computed: sums over prompts.
-- grain: target, reference, channel, prompt_set
-- total, square_total: of the channel's values, over the n prompts that both answered. centred_total and
-- centred_square_total: of what is left of them after the background's mean is taken off, over n_centred prompts. n_background: the
-- most models that an opening was centred on, of the channel prefix_overlap. A model with itself compares its samples.
create table if not exists score.channel_sum (
    target varchar not null,
    reference varchar not null,
    channel varchar not null,
    prompt_set varchar not null,
    n bigint not null,
    total double not null,
    square_total double not null,
    n_centred bigint not null,
    centred_total double not null,
    centred_square_total double not null,
    n_background bigint
);
