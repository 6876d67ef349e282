-- mart.spend: one row per model, purpose and round: what its calls were for, their tokens, price and time.
-- grain: model, purpose, round
-- seconds: sum of the calls' own times; calls run side by side, so a run takes less. cost_usd is null where the card has no
-- price or the server sent no token counts.
select
    call.model,
    call.purpose,
    call.round,
    count(call.reply_id) as n_calls,
    count(*) filter (where call.missing_reason is not null) as n_missing,
    sum(call.n_attempts)::bigint as n_attempts,
    sum(call.prompt_tokens)::bigint as prompt_tokens,
    sum(call.completion_tokens)::bigint as completion_tokens,
    round(sum(call.latency_ms) / 1000, 3) as seconds,
    round(
        (
            sum(call.prompt_tokens) * any_value(model.input_usd)
            + sum(call.completion_tokens) * any_value(model.output_usd)
        ) / 1e6,
        6
    ) as cost_usd
from core.outcome as call
inner join core.model as model using (model)
where call.source = 'asked'
group by all
