-- mart.identity_by_group: one row per dimension, value, stage, mode, judge and score: identity scores of groups of targets.
-- grain: dimension, value, stage, mode, judge, score
-- dimension family: base against aligned models of one family; weights: open against closed ones, within one stage, as base
-- models are hardly ever closed. Of each target the judge that counts; values by different judges are never averaged. A target
-- without a value is counted in n_missing and is in no mean.
with target as (
    select model, 'family' as dimension, family as value, stage
    from core.model
    where stage is not null and family is not null
    union all
    select model, 'weights' as dimension, weights as value, stage
    from core.model
    where weights is not null
)
select
    target.dimension,
    target.value,
    target.stage,
    score.mode,
    score.judge,
    score.score,
    count(score.value) as n_targets,
    count(*) - count(score.value) as n_missing,
    round(avg(score.value), 6) as mean_value,
    round(min(score.value), 6) as min_value,
    round(max(score.value), 6) as max_value
from mart.identity_score as score
inner join target on target.model = score.target
where score.slice = 'all'
group by all
