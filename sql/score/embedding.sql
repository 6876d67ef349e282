-- score.embedding: one row per distinct text and embedder; the vector has length 1.
-- grain: embedder, text_id
-- written by: tasks/similarity/embed.py
-- kept: a text's vector stays what it is, and takes long to form.
create table if not exists score.embedding (
    embedder varchar not null,
    text_id varchar not null,
    vector float[] not null
);
