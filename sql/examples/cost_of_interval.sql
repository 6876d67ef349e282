-- What would narrowing the interval of an identity score by one point (.01 each side) cost? (more templates of the same kind)
-- The half width falls with the root of the probes: n * ((half / (half - .01)) ^ 2 - 1) more; at the price so far.
with cost as (
    select model as target, sum(cost_usd) / nullif(sum(n_calls), 0) as usd_a_probe
    from mart.spend
    where purpose = 'identity'
    group by model
)
select
    score.target,
    score.mode,
    score.score,
    score.value,
    round((score.high - score.low) / 2, 4) as half_width,
    score.n as n_probes,
    case
        when half_width > 0.01 then ceil(score.n * ((half_width / (half_width - 0.01)) ** 2 - 1))::bigint
    end as n_more_probes,
    round(n_more_probes * cost.usd_a_probe, 4) as more_usd
from mart.identity_score as score
left join cost using (target)
where score.slice = 'all' and score.high is not null
order by half_width desc, score.target, score.mode, score.score;
