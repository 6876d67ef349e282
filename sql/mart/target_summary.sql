-- mart.target_summary: one row per model: its verdict, nearest teachers, identity scores, grade and index side by side.
-- grain: target
-- teachers: up to three groups of other makers, nearest first. What was not measured is null. hard, strict, loose: of the
-- bank's trials, else of published ones. grade: see mart.identity_and_similarity.
with nearest as (
    select target, list(candidate_group order by rank)[1:3] as teachers
    from mart.verdict
    where not is_kin
    group by target
),
identity as (
    select target, mode, score, value
    from mart.identity_score
    where slice = 'all' and mode in ('bank', 'published')
    qualify dense_rank() over (partition by target order by mode) = 1
),
slip as (
    select
        target,
        any_value(mode) as identity_mode,
        any_value(value) filter (where score = 'loose') as loose,
        any_value(value) filter (where score = 'strict') as strict,
        any_value(value) filter (where score = 'hard') as hard
    from identity
    group by target
)
select
    model.model as target,
    model.vendor,
    model.family,
    model.role,
    verdict.verdict,
    nearest.teachers,
    verdict.opening_d,
    verdict.degree,
    verdict.degree_low,
    verdict.degree_high,
    verdict.p_t,
    verdict.p_holm,
    verdict.n_positive,
    verdict.n_prompts,
    verdict.own_group,
    verdict.own_verdict,
    slip.identity_mode,
    round(slip.loose, 6) as loose,
    round(slip.strict, 6) as strict,
    round(slip.hard, 6) as hard,
    both_scores.grade,
    both_scores.reference as grade_reference,
    both_scores.grade_judge,
    index.distillation_index
from core.model as model
left join mart.verdict_of_target as verdict on verdict.target = model.model
left join nearest on nearest.target = model.model
left join slip on slip.target = model.model
left join mart.identity_and_similarity as both_scores on both_scores.target = model.model
left join mart.distillation_index as index on index.target = model.model
where verdict.target is not null or slip.target is not null or both_scores.target is not null
