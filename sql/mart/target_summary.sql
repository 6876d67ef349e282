-- mart.target_summary: one row per target of which anything was measured: the leaderboard, and the one order that it has.
-- grain: target
-- stored: snapshot
-- position: first the targets with a positive verdict on a group of another vendor, the stronger word first; then targets that
-- are no controls (documented as independent); then by p_target,
-- the p of the target asked alone, ascending; then by D, hard and grade, each descending and nulls last; then by name. candidate_group,
-- and what stands beside it: the nearest group of another vendor, by core.verdict_of_target; where a background for verdicts is
-- lacking, by core.nearest_group. teachers: up to three such groups, nearest first. hard, strict, loose: of one mode of
-- probes (core.deciding_mode): the fixed bank's, else published ones; never of an adaptive search, which does not compare
-- (mart.identity_score has it). grade: see mart.identity_and_rse. What was not measured is null.
with near as (
    select near.*, near.is_same_family or near.reference_vendor = model.vendor as is_kin
    from core.nearest_group as near
    inner join core.model as model on model.model = near.target
),
beside as materialized (
    select
        *,
        case
            when prefix_overlap_d is null then prefix_overlap - lead(prefix_overlap) over following
            else prefix_overlap_d - lead(prefix_overlap_d) over following
        end as margin
    from near
    window following as (partition by target, is_kin order by rank)
),
listed as materialized (
    select target, is_kin, place as rank, candidate_group, reference, prefix_overlap_d, low, high, length_closeness, n_prompts
    from mart.verdict
),
candidate as materialized (
    select *
    from listed
    union all
    select
        target,
        is_kin,
        rank,
        candidate_group,
        reference,
        prefix_overlap_d,
        prefix_overlap_d_low as low,
        prefix_overlap_d_high as high,
        length_closeness,
        n_prompts
    from beside
    where coalesce(prefix_overlap_d, prefix_overlap) > 0
        and not exists (select 1 from listed where listed.target = beside.target and listed.is_kin = beside.is_kin)
),
nearest as (
    select *
    from candidate
    qualify row_number() over (partition by target, is_kin order by rank) = 1
),
teacher as (
    select
        target,
        list(candidate_group order by rank)[1:3] as teachers,
        list(reference order by rank)[1:3] as teacher_references,
        list(prefix_overlap_d order by rank)[1:3] as teacher_prefix_overlap_d
    from candidate
    where not is_kin
    group by target
),
probe as (
    select
        target,
        mode,
        any_value(value) filter (where score = 'loose') as loose,
        any_value(low) filter (where score = 'loose') as loose_low,
        any_value(high) filter (where score = 'loose') as loose_high,
        any_value(value) filter (where score = 'strict') as strict,
        any_value(low) filter (where score = 'strict') as strict_low,
        any_value(high) filter (where score = 'strict') as strict_high,
        any_value(value) filter (where score = 'hard') as hard,
        any_value(low) filter (where score = 'hard') as hard_low,
        any_value(high) filter (where score = 'hard') as hard_high,
        any_value(n_missing) filter (where score = 'loose') as n_missing,
        any_value(coverage) filter (where score = 'loose') as coverage
    from mart.identity_score
    inner join core.deciding_mode using (target, mode)
    where slice = 'all'
    group by target, mode
),
asked as (
    select model as target, count(*) as n_requests, count(reply_text) as n_answered
    from core.reply
    group by model
),
target as (
    select target from asked
    union
    select target from candidate
    union
    select target from core.deciding_judge
    union
    select target from mart.identity_and_rse
)
select
    row_number() over (
        order by
            verdict.best_verdict_rank nulls last,
            coalesce(model.role = 'independent', false),
            verdict.p_target nulls last,
            verdict.p_t nulls last,
            nearest.prefix_overlap_d desc nulls last,
            probe.hard desc nulls last,
            both_scores.grade desc nulls last,
            model.model
    -- position: Place on the leaderboard, from 1.
    ) as position,
    model.model as target,
    model.vendor,
    model.family,
    model.role,
    verdict.verdict,
    verdict.verdict_rank,
    verdict.best_verdict_rank,
    verdict.n_positive,
    nearest.candidate_group,
    -- reference: That group's nearest snapshot.
    nearest.reference,
    nearest.prefix_overlap_d,
    nearest.low as prefix_overlap_d_low,
    nearest.high as prefix_overlap_d_high,
    round(beside.margin, 6) as margin,
    verdict.degree,
    verdict.degree_low,
    verdict.degree_high,
    verdict.is_beyond_ceiling,
    verdict.ceiling_kind,
    verdict.statistic,
    verdict.statistic_version,
    verdict.score,
    verdict.p_t,
    verdict.p_target,
    verdict.p_holm,
    verdict.q,
    verdict.n_candidate_vendors,
    verdict.sibling_p,
    verdict.expected_by,
    verdict.resembling_controls,
    verdict.verdict_without,
    verdict.z,
    verdict.n_controls,
    verdict.n_control_families,
    nearest.length_closeness,
    beside.bigram_jaccard,
    beside.nearest_share,
    beside.centred_cos,
    beside.raw_cos,
    nearest.n_prompts,
    beside.n_background,
    teacher.teachers,
    teacher.teacher_references,
    teacher.teacher_prefix_overlap_d,
    own.candidate_group as own_group,
    own.reference as own_reference,
    own.prefix_overlap_d as own_prefix_overlap_d,
    verdict.own_degree,
    verdict.own_verdict,
    probe.mode as identity_mode,
    round(probe.loose, 6) as loose,
    round(probe.loose_low, 6) as loose_low,
    round(probe.loose_high, 6) as loose_high,
    round(probe.strict, 6) as strict,
    round(probe.strict_low, 6) as strict_low,
    round(probe.strict_high, 6) as strict_high,
    round(probe.hard, 6) as hard,
    round(probe.hard_low, 6) as hard_low,
    round(probe.hard_high, 6) as hard_high,
    both_scores.grade,
    both_scores.grade_low,
    both_scores.grade_high,
    both_scores.reference as grade_reference,
    both_scores.grade_judge,
    index.distillation_index,
    index.low as distillation_index_low,
    index.high as distillation_index_high,
    contribution.contribution,
    contribution.contribution_low,
    contribution.contribution_high,
    -- n_missing: Requests without a reply, as in mart.coverage; of a target of identity probes alone, probes without a label.
    coalesce(asked.n_requests - asked.n_answered, probe.n_missing) as n_missing,
    -- coverage: Share of the requests to it that have a reply; of a target of identity probes alone, of those that were read.
    round(coalesce(asked.n_answered / asked.n_requests, probe.coverage), 6) as coverage
from target
inner join core.model as model on model.model = target.target
left join nearest on nearest.target = target.target and not nearest.is_kin
left join nearest as own on own.target = target.target and own.is_kin
left join beside on beside.target = target.target and beside.candidate_group = nearest.candidate_group
left join core.verdict_of_target as verdict on verdict.target = target.target
left join teacher on teacher.target = target.target
left join probe on probe.target = target.target
left join asked on asked.target = target.target
left join mart.identity_and_rse as both_scores on both_scores.target = target.target
left join mart.distillation_index as index on index.target = target.target
left join mart.model_contribution as contribution
    on contribution.kernel = 'prefix_overlap' and contribution.population = 'all' and contribution.member = target.target
