-- mart.drift: one row per target, round and measure: its change since the last earlier round of the same recipe.
-- grain: target, round, measure
-- reply_text, reply_vector: are the replies themselves of another kind (change: energy distance, 0 alike to 1 apart)?
-- The others are scores, compared prompt by prompt. is_alarm: p_holm at most .05, where p_holm is adjusted over all
-- targets and measures of the round: where nothing changed, a round has any alarm with a chance of 5 % at most.
select
    target,
    round,
    earlier_round,
    measure,
    reference,
    round(value_before, 6) as value_before,
    round(value_after, 6) as value_after,
    round(change, 6) as change,
    round(low, 6) as low,
    round(high, 6) as high,
    p,
    p_holm,
    coalesce(p_holm <= 0.05, false) as is_alarm,
    n,
    is_recipe_changed,
    preceding_round,
    is_card_changed,
    missing_reason,
    computed_at
from score.drift
