-- mart.verdict: one row per target and candidate group: does it share lineage with it, how far, and how sure that is.
-- grain: target, candidate_group
-- score: of the statistic named, for reference, the group's nearest snapshot; score_low, score_high: its 95 % interval over
-- prompts, which says nothing of chance. p_t: of this group alone, against n_controls unrelated models in
-- n_control_families families. p_target: of the target's whole family of n_candidates hypotheses, "whom did it learn from,
-- among these vendors": one target asked alone. q, p_holm: the same over all targets, the expected share of false calls and
-- the chance of any. p_candidate: of the vendor within its target, as scaled for called targets. Pairs asked about
-- beforehand (is_hypothesis) and kin are families of their own. p_at_length: as p_target at equal length. sibling_p: against
-- models of the same base. weights_p: for shared weights, by D and embeddings. prefix_overlap_d, low, high: D; degree goes by it.
-- is_source: can't be distinguished from the nearest candidate. resembling_controls: controls that look like students of this vendor,
-- and what the verdict would be without them. place: 1 for the row that says most of a target.
select
    scored.target,
    scored.candidate_group,
    scored.reference,
    reference.vendor as candidate_vendor,
    target.role as target_role,
    reference.role as candidate_role,
    scored.kind,
    scored.is_kin,
    scored.is_hypothesis,
    nullif(
        list_position(
            ['same model or fine-tune', 'taught by', 'shares lineage (strong)', 'shares lineage (moderate)'], scored.verdict
        ),
        0
    ) as verdict_rank,
    verdict_rank is not null as is_positive,
    scored.statistic,
    scored.statistic_version,
    round(scored.score, 6) as score,
    round(scored.score_low, 6) as score_low,
    round(scored.score_high, 6) as score_high,
    round(scored.null_mean, 6) as null_mean,
    round(scored.null_sd, 6) as null_sd,
    round(scored.z, 6) as z,
    scored.p_t,
    scored.n_candidates,
    scored.p_candidate,
    scored.p_target,
    scored.p_holm,
    scored.q,
    scored.p_at_length,
    scored.sibling_kind,
    scored.n_siblings,
    round(scored.sibling_t, 6) as sibling_t,
    scored.sibling_p,
    scored.weights_p,
    scored.weights_q,
    round(scored.prefix_overlap_d, 6) as prefix_overlap_d,
    round(scored.low, 6) as low,
    round(scored.high, 6) as high,
    round(scored.prefix_overlap_null_mean, 6) as prefix_overlap_null_mean,
    round(scored.degree, 6) as degree,
    round(scored.degree_low, 6) as degree_low,
    round(scored.degree_high, 6) as degree_high,
    round(scored.ceiling_d, 6) as ceiling_d,
    scored.ceiling_kind,
    round(scored.embedding, 6) as embedding,
    round(scored.embedding_z, 6) as embedding_z,
    scored.embedding_p,
    scored.is_source,
    scored.expected_by,
    scored.resembling_controls,
    scored.p_target_without,
    scored.verdict_without,
    round(scored.length_closeness, 6) as length_closeness,
    scored.n_prompts,
    scored.n_controls,
    scored.n_control_families,
    coalesce(scored.degree > 1, false) as is_beyond_ceiling,
    claim.n_claims as hard_claims,
    claim.n_probes as hard_probes,
    base.base,
    base.excess as over_base,
    base.excess_low as over_base_low,
    base.excess_high as over_base_high,
    scored.rank,
    row_number() over (
        partition by scored.target, scored.is_kin
        order by verdict_rank nulls last, scored.p_target nulls last, scored.p_t nulls last, scored.rank
    ) as place,
    scored.verdict,
    scored.computed_at
from score.verdict as scored
inner join core.model as target on target.model = scored.target
inner join core.model as reference on reference.model = scored.reference
left join core.hard_claim as claim on claim.target = scored.target and claim.claimed_vendor = reference.vendor
left join mart.base_excess as base on base.target = scored.target and base.reference = scored.reference
