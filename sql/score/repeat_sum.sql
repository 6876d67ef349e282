-- score.repeat_sum: one row per two models, as last computed: sums over the prompts on which both were sampled more than once.
-- grain: left_model, right_model
-- written by: tasks/adapters/warehouse/pair_sums.py
-- prefix_overlap, overlap: of the two models; left_self, right_self: of each one's own samples of the same prompts. self_square: of
-- the mean of the two models' prefix_overlap with themselves; product: of that mean and the pair's prefix_overlap.
create table if not exists score.repeat_sum (
    left_model varchar not null,
    right_model varchar not null,
    n_prompts bigint not null,
    -- prefix_overlap_total: Sum over prompts of the two models' prefix_overlap.
    prefix_overlap_total double not null,
    -- left_self_prefix_overlap_total: Sum of the left model's prefix_overlap with itself.
    left_self_prefix_overlap_total double not null,
    -- right_self_prefix_overlap_total: Sum of the right model's prefix_overlap with itself.
    right_self_prefix_overlap_total double not null,
    -- prefix_overlap_square_total: Sum of the squares of the two models' prefix_overlap.
    prefix_overlap_square_total double not null,
    -- product_total: Sum of the prefix_overlap times the mean of both models' prefix_overlap with themselves.
    product_total double not null,
    -- self_square_total: Sum of the squares of that mean.
    self_square_total double not null,
    -- n_overlap: Prompts on which the pair's word pairs compare.
    n_overlap bigint not null,
    -- overlap_total: Sum of the pair's overlap of word pairs.
    overlap_total double not null,
    -- n_left_self_overlap: Prompts on which the left model's own samples' word pairs compare.
    n_left_self_overlap bigint not null,
    -- left_self_overlap_total: Sum of the left model's overlap with itself.
    left_self_overlap_total double not null,
    -- n_right_self_overlap: Prompts on which the right model's own samples' word pairs compare.
    n_right_self_overlap bigint not null,
    -- right_self_overlap_total: Sum of the right model's overlap with itself.
    right_self_overlap_total double not null
);
