-- score.probe_sample: one row per identity probe that is to be embedded, as last chosen.
-- grain: request_id, mode
-- written by: tasks/similarity/embed.py
-- Who has the words of a chosen reply has its vector as well: only this table tells which probes were drawn.
create table if not exists score.probe_sample (
    embedder varchar not null,
    request_id varchar not null,
    mode varchar not null
);
