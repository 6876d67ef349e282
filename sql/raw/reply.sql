-- raw.reply: one row per outcome of a request: a text, or the reason there is none.
-- grain: reply_id
-- The cost is that of the last attempt; earlier ones that failed, and may have been billed, are in the plan's ledger alone.
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
    cost_usd double,
    cost_source varchar,
    check ((reply_text is null) = (missing_reason is not null))
);
