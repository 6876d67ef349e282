-- mart.position_bias: one row per judge that read pairs in both orders: does the order move its grades?
-- grain: judge
-- difference: mean grade with the target first, less that of the same pair with the reference first; low, high: its 95 %
-- interval over prompts. inconsistency_rate: pairs whose grade differs between the orders, whichever way.
select
    judge,
    judge_version,
    round(difference, 6) as difference,
    round(low, 6) as low,
    round(high, 6) as high,
    round(inconsistency_rate, 6) as inconsistency_rate,
    n,
    n_missing,
    missing_reason
from score.position_bias
