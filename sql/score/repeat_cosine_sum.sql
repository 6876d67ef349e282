-- score.repeat_cosine_sum: one row per two models, as last computed: sums of cosines over prompts that both were sampled on more than once.
-- grain: embedder, left_model, right_model
-- written by: tasks/similarity/neighbours.py
create table if not exists score.repeat_cosine_sum (
    embedder varchar not null,
    left_model varchar not null,
    right_model varchar not null,
    n_prompts bigint not null,
    -- raw_cos_total: Sum over prompts of the two models' cosine.
    raw_cos_total double not null,
    -- left_self_raw_cos_total: Sum of the left model's cosine with itself.
    left_self_raw_cos_total double not null,
    -- right_self_raw_cos_total: Sum of the right model's cosine with itself.
    right_self_raw_cos_total double not null
);
