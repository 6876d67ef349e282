-- mart.base_excess: one row per target with its base here, and reference: how much nearer it is to it than its base is.
-- grain: target, reference
-- stored: snapshot
-- excess = mean over prompts that both answered of D(target) - D(base); low and high: -+ 1.96 standard errors, each
-- prompt one cluster. What a student had from its base is no sign of a teacher: the excess is what it has beyond that.
with gap as (
    select
        student.target,
        known.base,
        student.reference,
        student.opening_d as target_d,
        base.opening_d as base_d,
        student.opening_d - base.opening_d as excess
    from core.documented_base as known
    inner join core.pair_centred as student on student.target = known.model
    inner join core.pair_centred as base
        on base.target = known.base and base.reference = student.reference and base.prompt_id = student.prompt_id
    where student.opening_d is not null and base.opening_d is not null
)
select
    target,
    base,
    reference,
    round(avg(target_d), 6) as target_d,
    round(avg(base_d), 6) as base_d,
    round(avg(excess), 6) as excess,
    round(avg(excess) - 1.96 * stddev_samp(excess) / sqrt(count(*)), 6) as excess_low,
    round(avg(excess) + 1.96 * stddev_samp(excess) / sqrt(count(*)), 6) as excess_high,
    count(*) as n_prompts
from gap
group by target, base, reference
