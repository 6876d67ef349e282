-- raw.trial_sample: one row per identity trial that is to be embedded, as last chosen.
-- grain: request_id, mode
-- Who has the words of a chosen reply has its vector as well: only this table tells which trials were drawn.
create table if not exists raw.trial_sample (
    embedder varchar not null,
    request_id varchar not null,
    mode varchar not null
);
