-- mart.identity_by_stage: one row per family, stage, mode, judge and score: base against aligned models of one family.
-- grain: family, stage, mode, judge, score
-- Of each target the judge that counts; values by different judges are never averaged. A target without a value is
-- counted in n_missing and is in no mean.
select
    model.family,
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
where score.slice = 'all' and model.stage is not null
group by all
