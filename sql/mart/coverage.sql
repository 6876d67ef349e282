-- mart.coverage: one row per model and prompt set: what was asked, answered, missing, and why.
-- grain: model, prompt_set
-- stored: snapshot
with reason as (
    select model, prompt_set, string_agg(missing_reason || ' ' || n, ', ' order by n desc, missing_reason) as reasons
    from (
        select reply.model, prompt.prompt_set, reply.missing_reason, count(*) as n
        from core.reply as reply
        inner join core.prompt as prompt using (prompt_id)
        where reply.missing_reason is not null
        group by all
    )
    group by all
)
select
    reply.model,
    prompt.prompt_set,
    max(reply.round) as round,
    count(*) as n_requests,
    count(reply.reply_text) as n_answered,
    count(*) - count(reply.reply_text) as n_missing,
    count(reply.reply_text) / count(*) as coverage,
    any_value(reason.reasons) as missing_reasons,
    count(*) filter (where reply.finish_reason = 'length') as n_truncated,
    median(reply.latency_ms) as median_latency_ms
from core.reply as reply
inner join core.prompt as prompt using (prompt_id)
left join reason on reason.model = reply.model and reason.prompt_set = prompt.prompt_set
group by all
