-- raw.cosine: one row per two models and prompt both answered, as last computed from the vectors.
-- grain: embedder, left_model, right_model, prompt_id
create table if not exists raw.cosine (
    embedder varchar not null,
    left_model varchar not null,
    right_model varchar not null,
    prompt_id varchar not null,
    raw_cos double not null,
    centred_cos double
);
