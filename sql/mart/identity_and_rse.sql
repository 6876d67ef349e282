-- mart.identity_and_rse: one row per target: its hard identity score (ICE) beside its grade with a reference (RSE).
-- grain: target
-- The paper's figure. hard: of the mode of probes that compares (core.deciding_mode). grade: with
-- the reference of another vendor that it is most alike to, the mean of the prompt sets, by the judge that asks a model
-- where there is one (grades of different judges do not compare). What was not measured is null.
with hard as (
    select target, mode, value, low, high, n
    from mart.identity_score
    inner join core.deciding_mode using (target, mode)
    where score = 'hard' and slice = 'all'
),
grade as (
    select grade.*
    from mart.rse_grade as grade
    inner join core.model as target on target.model = grade.target
    inner join core.model as reference on reference.model = grade.reference
    where
        grade.prompt_set = 'all'
        and grade.grade is not null
        and target.vendor <> reference.vendor
        and target.family <> reference.family
    qualify row_number() over (
        partition by grade.target order by grade.judge = 'text_similarity', grade.grade desc, grade.reference
    ) = 1
)
select
    model.model as target,
    model.vendor,
    model.family,
    hard.mode as identity_mode,
    round(hard.value, 6) as hard,
    round(hard.low, 6) as hard_low,
    round(hard.high, 6) as hard_high,
    hard.n as n_probes,
    grade.reference,
    grade.judge as grade_judge,
    grade.grade,
    grade.low as grade_low,
    grade.high as grade_high,
    grade.n as n_graded
from core.model as model
left join hard on hard.target = model.model
left join grade on grade.target = model.model
where hard.target is not null or grade.target is not null
