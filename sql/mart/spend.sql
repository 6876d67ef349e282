-- mart.spend: one row per model, purpose and round: what its calls were for, their tokens, price and time.
-- grain: model, purpose, round
-- seconds: sum of the calls' own times; calls run side by side, so a run takes less. cost_usd: the provider's own figure
-- where it sent one, else tokens at the card's price, 0 for what this machine serves; null where the card has no price or the
-- server sent no token counts. Calls that a budget stopped were not made and are left out.
select
    call.model,
    call.purpose,
    call.round,
    count(*) as n_calls,
    -- n_failed: Calls that ended without a reply; a request for which no call was made is missing, and no failed call.
    count(*) filter (where call.missing_reason is not null) as n_failed,
    sum(call.n_attempts)::bigint as n_attempts,
    sum(call.prompt_tokens)::bigint as prompt_tokens,
    sum(call.completion_tokens)::bigint as completion_tokens,
    round(sum(call.latency_ms) / 1000, 3) as seconds,
    round(
        sum(
            coalesce(
                call.cost_usd,
                (call.prompt_tokens * model.input_usd + call.completion_tokens * model.output_usd) / 1e6
            )
        ),
        6
    ) as cost_usd,
    count(*) filter (where call.cost_source = 'provider') as n_provider_costs
from core.outcome as call
inner join core.model as model using (model)
where call.source = 'asked' and call.n_attempts > 0
group by all
