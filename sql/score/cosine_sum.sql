-- score.cosine_sum: one row per target, other model and prompt set, as last computed: sums of their replies' cosines.
-- grain: embedder, target, reference, prompt_set
-- written by: tasks/similarity/neighbours.py
-- A model with itself: its samples with each other. `pair_prompts` has the cosines of one pair.
create table if not exists score.cosine_sum (
    embedder varchar not null,
    target varchar not null,
    reference varchar not null,
    prompt_set varchar not null,
    n_embedded_prompts bigint not null,
    raw_cos_sum double not null,
    centred_cos_sum double,
    n_centred bigint not null
);
