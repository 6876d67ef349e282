-- mart.identity_by_weights: one row per weights, stage, mode, judge and score: open against closed weights.
-- grain: weights, stage, mode, judge, score
-- Base models are hardly ever closed, so that only models of one stage are compared. Of each target the judge that
-- counts; values by different judges are never averaged. A target without a value is counted in n_missing.
select
    model.weights,
    model.stage,
    score.mode,
    score.judge,
    score.score,
    count(score.value) as n_targets,
    count(*) - count(score.value) as n_missing,
    round(avg(score.value), 6) as mean_value,
    round(min(score.value), 6) as min_value,
    round(max(score.value), 6) as max_value
from mart.identity_score as score
inner join core.model as model on model.model = score.target
where score.slice = 'all' and model.weights is not null
group by all
