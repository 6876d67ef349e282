-- score.model_equality: one row per two models that were sampled more than once on the same prompts: are they one model?
-- grain: left_model, right_model
-- written by: tasks/similarity/model_equality.py
-- Of many pairs only those are tested whose replies begin most alike: of the others nothing is known but their share of self.
create table if not exists score.model_equality (
    left_model varchar not null,
    right_model varchar not null,
    equality varchar not null,
    n_prompts bigint not null,
    distance double,
    distance_high double,
    detectable_distance double,
    p_equality double,
    p_equality_holm double,
    -- seed: What the relabellings were drawn by: the same seed and replies give the same p.
    seed bigint not null,
    computed_at timestamp not null
);
