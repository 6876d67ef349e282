-- raw.reply: one row per outcome of a request: a text, or the reason there is none.
-- grain: reply_id
-- Texts are written as zstd: what is otherwise chosen takes twice the time to write, and more room.
create table if not exists raw.reply (
    reply_id varchar not null,
    request_id varchar not null,
    reply_text varchar using compression zstd,
    missing_reason varchar,
    error_text varchar,
    finish_reason varchar,
    prompt_tokens bigint,
    completion_tokens bigint,
    latency_ms double,
    n_attempts integer not null,
    replied_at timestamp not null,
    source varchar not null,
    check ((reply_text is null) = (missing_reason is not null))
);
