-- raw.request: one row per call to be made, or that was made elsewhere.
-- grain: request_id
-- wanted_at: when a plan or a file last asked for it; where two requests answer the same question, the later counts.
create table if not exists raw.request (
    request_id varchar not null,
    model varchar not null,
    fingerprint varchar not null,
    prompt_id varchar not null,
    sample integer not null,
    round varchar not null,
    sampling_text varchar not null,
    wanted_at timestamp not null
);
