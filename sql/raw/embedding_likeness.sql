-- raw.embedding_likeness: one row per embedder, target and other model: mean leave-out centred cosine, as last computed.
-- grain: embedder, target, reference
-- The panel whose mean is taken off both replies never holds the target's family or the reference's vendor.
create table if not exists raw.embedding_likeness (
    embedder varchar not null,
    target varchar not null,
    reference varchar not null,
    likeness double not null,
    standard_error double,
    n_prompts bigint not null
);
