-- core.outcome: one row per request: its reply if it has one, else its last failure; is_settled: never asked again.
-- grain: request_id
select
    request.request_id,
    request.model,
    request.fingerprint,
    request.prompt_id,
    request.sample,
    request.round,
    request.wanted_at,
    best.reply.reply_id as reply_id,
    best.reply.reply_text as reply_text,
    coalesce(best.reply.missing_reason, if(best.reply is null, 'not_asked', null)) as missing_reason,
    best.reply.error_text as error_text,
    best.reply.finish_reason as finish_reason,
    best.reply.prompt_tokens as prompt_tokens,
    best.reply.completion_tokens as completion_tokens,
    best.reply.latency_ms as latency_ms,
    best.reply.n_attempts as n_attempts,
    best.reply.replied_at as replied_at,
    best.reply.source as source,
    coalesce(
        best.reply.reply_text is not null
        or best.reply.missing_reason in ('empty_reply', 'content_filter'),
        false
    ) as is_settled
from raw.request as request
left join (
    select request_id, arg_max(reply, (reply_text is not null, replied_at)) as reply
    from raw.reply as reply
    group by request_id
) as best using (request_id)
