-- raw.judge_call: one row per call to a judge model and reply that it reads: whose label on which reply the answer is.
-- grain: request_id, reply_id
-- Equal replies of one target are one call. reply_id: of raw.reply, or of a labelled reply that a judge is measured
-- against, which stands in no table.
create table if not exists raw.judge_call (
    request_id varchar not null,
    reply_id varchar not null,
    judge varchar not null,
    judge_version varchar not null,
    attempt integer not null,
    registered_at timestamp not null
);
