-- What did each model cost, for what, and what did a reply of it cost?
select
    model,
    purpose,
    sum(n_calls) as n_calls,
    sum(prompt_tokens) as prompt_tokens,
    sum(completion_tokens) as completion_tokens,
    round(sum(cost_usd), 4) as usd,
    round(1000 * sum(cost_usd) / nullif(sum(n_calls - n_failed), 0), 4) as usd_a_thousand_replies
from mart.spend
group by model, purpose
order by usd desc nulls last, model, purpose;
