-- mart.spend_by_stage: one row per model, stage and round: what its calls were for, their tokens, price and time.
-- grain: model, stage, round
-- stage: replies, identity trials, judging, grading or searching. seconds: sum of the calls' own times; calls run side by
-- side, so a run takes less. cost_usd is null where the card has no price or the server told no tokens.
with call as (
    select
        outcome.*,
        case
            when exists (from raw.helper_call as helper where helper.request_id = outcome.request_id) then 'searching'
            when exists (from raw.pair_judging as graded where graded.request_id = outcome.request_id) then 'grading'
            when exists (from raw.judging as judged where judged.request_id = outcome.request_id) then 'judging'
            when exists (from raw.trial as trial where trial.request_id = outcome.request_id) then 'identity trials'
            else 'replies'
        end as stage
    from core.outcome as outcome
    where outcome.source = 'asked'
)
select
    call.model,
    call.stage,
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
from call
inner join core.model as model using (model)
group by all
