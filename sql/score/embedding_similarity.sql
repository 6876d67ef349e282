-- score.embedding_similarity: one row per embedder, target and other model: mean leave-out centred cosine, as last computed.
-- grain: embedder, target, reference
-- written by: tasks/similarity/neighbours.py
-- The background whose mean is taken off both replies never holds the target's family or the reference's vendor.
create table if not exists score.embedding_similarity (
    embedder varchar not null,
    target varchar not null,
    reference varchar not null,
    -- similarity: Mean over prompts of the leave-out centred cosine.
    similarity double not null,
    standard_error double,
    n_prompts bigint not null
);
