-- core.outcome: one row per request: its reply if it has one, else its last failure; is_settled: never asked again.
-- grain: request_id
-- A reply has a text or a reason, never both: ranked by the reason, texts are read only where they are asked for.
with best as (
    select *
    from raw.reply
    qualify row_number() over (
        partition by request_id order by missing_reason is null desc, replied_at desc, reply_id
    ) = 1
)
select
    request.request_id,
    request.model,
    request.fingerprint,
    request.prompt_id,
    request.sample,
    request.round,
    request.purpose,
    request.requested_at,
    best.reply_id,
    best.reply_text,
    coalesce(best.missing_reason, case when best.request_id is null then 'not_asked' end) as missing_reason,
    best.error_text,
    best.finish_reason,
    best.prompt_tokens,
    best.completion_tokens,
    best.latency_ms,
    best.n_attempts,
    best.replied_at,
    best.source,
    best.cost_usd,
    best.cost_source,
    best.request_id is not null
        and (best.missing_reason is null or best.missing_reason in ('empty_reply', 'content_filter')) as is_settled
from raw.request as request
left join best using (request_id)
