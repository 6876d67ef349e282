-- mart.verdict: one row per target and candidate group: does it share lineage with it, how far, and how sure that is.
-- grain: target, candidate_group
-- score: of the statistic named, for reference, the group's nearest snapshot; score_low, score_high: its 95 % interval over
-- prompts, which says nothing of chance. p_t: of this group alone, against n_controls unrelated models in
-- n_control_families families. p_target: of the target's whole family of n_candidates hypotheses, "whom did it learn from,
-- among these vendors": one target asked alone. q, p_holm: the same over all targets, the expected share of false calls and
-- the chance of any. p_candidate: of the vendor within its target, as scaled for called targets. Pairs asked about
-- beforehand (is_hypothesis) and kin are families of their own. p_at_length: as p_target at equal length. sibling_p: against
-- models of the same base. weights_p: for shared weights, by D and embeddings. prefix_overlap_d, low, high: D; degree goes by it.
-- is_source: can't be told from the nearest candidate. resembling_controls: controls that look like students of this vendor,
-- and what the verdict would be without them. place: 1 for the row that says most of a target.
select
    told.target,
    told.candidate_group,
    told.reference,
    reference.vendor as candidate_vendor,
    target.role as target_role,
    reference.role as candidate_role,
    told.kind,
    told.is_kin,
    told.is_hypothesis,
    nullif(
        list_position(
            ['same model or fine-tune', 'taught by', 'shares lineage (strong)', 'shares lineage (moderate)'], told.verdict
        ),
        0
    ) as verdict_rank,
    verdict_rank is not null as is_positive,
    told.statistic,
    told.statistic_version,
    round(told.score, 6) as score,
    round(told.score_low, 6) as score_low,
    round(told.score_high, 6) as score_high,
    round(told.null_mean, 6) as null_mean,
    round(told.null_sd, 6) as null_sd,
    round(told.z, 6) as z,
    told.p_t,
    told.n_candidates,
    told.p_candidate,
    told.p_target,
    told.p_holm,
    told.q,
    told.p_at_length,
    told.sibling_kind,
    told.n_siblings,
    round(told.sibling_t, 6) as sibling_t,
    told.sibling_p,
    told.weights_p,
    told.weights_q,
    round(told.prefix_overlap_d, 6) as prefix_overlap_d,
    round(told.low, 6) as low,
    round(told.high, 6) as high,
    round(told.prefix_overlap_null_mean, 6) as prefix_overlap_null_mean,
    round(told.degree, 6) as degree,
    round(told.degree_low, 6) as degree_low,
    round(told.degree_high, 6) as degree_high,
    round(told.ceiling_d, 6) as ceiling_d,
    told.ceiling_kind,
    round(told.embedding, 6) as embedding,
    round(told.embedding_z, 6) as embedding_z,
    told.embedding_p,
    told.is_source,
    told.expected_by,
    told.resembling_controls,
    told.p_target_without,
    told.verdict_without,
    round(told.length_closeness, 6) as length_closeness,
    told.n_prompts,
    told.n_controls,
    told.n_control_families,
    coalesce(told.degree > 1, false) as is_beyond_ceiling,
    claim.n_claims as hard_claims,
    claim.n_probes as hard_probes,
    base.base,
    base.excess as over_base,
    base.excess_low as over_base_low,
    base.excess_high as over_base_high,
    told.rank,
    row_number() over (
        partition by told.target, told.is_kin
        order by verdict_rank nulls last, told.p_target nulls last, told.p_t nulls last, told.rank
    ) as place,
    told.verdict,
    told.computed_at
from score.verdict as told
inner join core.model as target on target.model = told.target
inner join core.model as reference on reference.model = told.reference
left join core.hard_claim as claim on claim.target = told.target and claim.claimed_vendor = reference.vendor
left join mart.base_excess as base on base.target = told.target and base.reference = told.reference
