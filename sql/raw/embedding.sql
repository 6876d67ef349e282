-- raw.embedding: one row per distinct text and embedder; the vector has length 1.
-- grain: embedder, text_id
create table if not exists raw.embedding (
    embedder varchar not null,
    text_id varchar not null,
    vector float[] not null
);
