-- mart.base_excess: one row per target with its base here, and reference: how much nearer it is to it than its base is.
-- grain: target, reference
-- excess = mean over prompts that both answered of D(target) - D(base); low and high: -+ 1.96 standard errors, each
-- prompt one cluster. What a student had from its base is no sign of a teacher: the excess is what it has beyond that.
with gap as (
    select
        *,
        (target_total - base_total) / n_prompts as excess,
        standard_error(target_total - base_total, gap_square_total, n_prompts) as standard_error
    from score.base_gap
)
select
    target,
    base,
    reference,
    round(target_total / n_prompts, 6) as target_d,
    round(base_total / n_prompts, 6) as base_d,
    round(excess, 6) as excess,
    round(excess - 1.96 * standard_error, 6) as excess_low,
    round(excess + 1.96 * standard_error, 6) as excess_high,
    n_prompts
from gap
