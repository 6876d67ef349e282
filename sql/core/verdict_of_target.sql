-- core.verdict_of_target: one row per target: the verdict that says most of it, on a group of another vendor, and one on its own.
-- grain: target
-- n_positive: candidate groups of other vendors with which lineage is shared; best_verdict_rank: of the strongest word
-- among them, be it on the nearest or on another.
with foreign_group as (
    select *
    from mart.verdict
    where not is_kin and verdict <> 'ruled out beforehand'
    qualify row_number() over (partition by target order by place) = 1
),
own as (
    select *
    from mart.verdict
    where is_kin
    qualify row_number() over (partition by target order by place) = 1
),
total as (
    select
        target,
        count(*) filter (where not is_kin) as n_candidates,
        count(*) filter (where not is_kin and is_positive) as n_positive,
        min(verdict_rank) filter (where not is_kin) as best_verdict_rank
    from mart.verdict
    group by target
)
select
    total.target,
    -- candidate_group: The group of another vendor on which the verdict says most.
    foreign_group.candidate_group,
    -- reference: That group's nearest snapshot.
    foreign_group.reference,
    foreign_group.candidate_vendor,
    foreign_group.prefix_overlap_d,
    foreign_group.low,
    foreign_group.high,
    foreign_group.z,
    foreign_group.score,
    foreign_group.p_t,
    foreign_group.p_target,
    foreign_group.p_holm,
    foreign_group.q,
    foreign_group.n_candidates as n_candidate_vendors,
    foreign_group.sibling_p,
    foreign_group.expected_by,
    foreign_group.resembling_controls,
    foreign_group.verdict_without,
    foreign_group.is_beyond_ceiling,
    foreign_group.statistic,
    foreign_group.statistic_version,
    -- degree: Degree to that group, from 0 (as unrelated models) to 1 (as the same model).
    foreign_group.degree,
    foreign_group.degree_low,
    foreign_group.degree_high,
    foreign_group.ceiling_kind,
    foreign_group.length_closeness,
    foreign_group.n_prompts,
    foreign_group.n_controls,
    foreign_group.n_control_families,
    -- verdict: Verdict on that group: see docs/method.md.
    foreign_group.verdict,
    -- verdict_rank: Place of that verdict among the positive ones, 1 the strongest word; null where it is not positive.
    foreign_group.verdict_rank,
    own.candidate_group as own_group,
    own.degree as own_degree,
    own.verdict as own_verdict,
    -- n_candidates: Candidate groups of other vendors.
    total.n_candidates,
    total.n_positive,
    total.best_verdict_rank
from total
left join foreign_group using (target)
left join own using (target)
