-- mart.spend: one row per model and round: calls, tokens and, where the card has a price, US dollars.
-- grain: model, round
select
    outcome.model,
    outcome.round,
    count(outcome.reply_id) as n_replies,
    sum(outcome.n_attempts)::bigint as n_attempts,
    sum(outcome.prompt_tokens)::bigint as prompt_tokens,
    sum(outcome.completion_tokens)::bigint as completion_tokens,
    round(
        (
            sum(outcome.prompt_tokens) * any_value(model.input_usd)
            + sum(outcome.completion_tokens) * any_value(model.output_usd)
        ) / 1e6,
        6
    ) as cost_usd
from core.outcome as outcome
inner join core.model as model using (model)
where outcome.source = 'asked'
group by all
