-- raw.request: one row per call to be made, or that was made elsewhere.
-- grain: request_id
-- purpose: what the call is for: a reply to compare, an identity probe, a judge's label, a grade of a pair, or a template's mutation;
-- of a call that serves several, the later one in this order.
-- requested_at: when a plan or a file last asked for it; where two requests answer the same question, the later counts.
create table if not exists raw.request (
    request_id varchar not null,
    model varchar not null,
    fingerprint varchar not null,
    prompt_id varchar not null,
    sample integer not null,
    round varchar not null,
    sampling_text varchar not null,
    requested_at timestamp not null,
    purpose varchar not null check (purpose in ('reply', 'identity', 'judge', 'grade', 'mutation'))
);
