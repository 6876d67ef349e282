-- mart.distillation_index: one row per target: one figure from 0 to 100 for how much of others is in it, and its parts.
-- grain: target
-- index = 100 * sum of weight * part / sum of weights. Parts from 0 to 1: lineage, the degree to the nearest group of
-- another vendor; identity, hard; rse, (grade - 1) / 4. Without a part that has a weight there is no index: missing
-- is not zero. low, high: the parts' intervals as if independent (MOVER: Zou and Donner, Statistics in Medicine 2008, 27,
-- 1693). An ordering of convenience; the verdict says what is sure.
with part as (
    select
        target,
        'lineage' as part,
        greatest(least(degree, 1), 0) as value,
        greatest(least(degree_low, 1), 0) as low,
        greatest(least(degree_high, 1), 0) as high
    from core.verdict_of_target
    where degree is not null
    union all
    select target, 'identity' as part, hard as value, hard_low as low, hard_high as high
    from mart.identity_and_rse
    where hard is not null
    union all
    select target, 'rse' as part, (grade - 1) / 4 as value, (grade_low - 1) / 4 as low, (grade_high - 1) / 4 as high
    from mart.identity_and_rse
    where grade is not null
),
target as (
    select distinct target
    from part
),
weighed as (
    select
        target.target,
        weight.part,
        weight.weight / sum(weight.weight) over (partition by target.target) as weight,
        weight.index_version,
        part.value,
        part.low,
        part.high
    from target
    cross join score.index_weight as weight
    left join part on part.target = target.target and part.part = weight.part
),
summed as (
    select
        target,
        any_value(index_version) as index_version,
        bool_and(value is not null or weight = 0) as is_complete,
        bool_and(low is not null and high is not null or weight = 0) as has_interval,
        sum(weight * value) as value,
        sqrt(sum((weight * (value - low)) ** 2)) as below,
        sqrt(sum((weight * (high - value)) ** 2)) as above,
        max(value) filter (where part = 'lineage') as lineage,
        max(value) filter (where part = 'identity') as identity,
        max(value) filter (where part = 'rse') as rse,
        list(part order by part) filter (where value is null and weight > 0) as missing_parts
    from weighed
    group by target
)
select
    target,
    case when is_complete then round(100 * value, 3) end as distillation_index,
    -- low: Lower end of the index's 95 % interval, as if its parts were independent.
    case when is_complete and has_interval then round(100 * greatest(value - below, 0), 3) end as low,
    -- high: Upper end of the index's 95 % interval, as if its parts were independent.
    case when is_complete and has_interval then round(100 * least(value + above, 1), 3) end as high,
    round(lineage, 6) as lineage,
    round(identity, 6) as identity,
    round(rse, 6) as rse,
    coalesce(missing_parts, []) as missing_parts,
    index_version
from summed
