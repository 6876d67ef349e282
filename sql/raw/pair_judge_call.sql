-- raw.pair_judge_call: one row per call to a judge model and pair of replies that it grades, in one of the two orders.
-- grain: request_id, target_reply_id, reference_reply_id
-- Equal texts in equal order are one call. n_truncated_chars: of both replies, what the judge was not shown.
create table if not exists raw.pair_judge_call (
    request_id varchar not null,
    target_reply_id varchar not null,
    reference_reply_id varchar not null,
    judge varchar not null,
    judge_version varchar not null,
    is_target_first boolean not null,
    attempt integer not null,
    n_truncated_chars bigint not null,
    registered_at timestamp not null
);
