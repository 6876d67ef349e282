-- mart.verdict: one row per target and candidate group: does it share lineage with it, how far, and how sure that is.
-- grain: target, candidate_group
-- reference: the group's closest snapshot. is_kin: of the target's own maker or family, tested apart from all others.
-- low, high: D's 95 % interval over prompts, which says nothing of chance; p_t does, against n_controls unrelated models
-- in n_control_families families; p_holm: over the n_tests pairs of its kind: those asked about beforehand (is_asked),
-- kin, or all others. degree: 0 as unrelated models, 1 as the same model;
-- ceiling_kind says what 1 was taken from. embedding: the second channel, for shared weights and edited text, with a p of
-- its own at equal length. hard_claims: trials that named nobody in which the target claimed the group's maker.
-- over_base: D less that of the target's base to the same reference. verdict: see docs/method.md; verdict_rank: its place
-- among the positive words, the strongest first, which stand here and nowhere else in `sql`.
select
    told.target,
    told.candidate_group,
    told.reference,
    reference.vendor as candidate_vendor,
    target.role as target_role,
    reference.role as candidate_role,
    told.is_kin,
    told.is_asked,
    nullif(
        list_position(
            ['same model or fine-tune', 'shares lineage (strong)', 'shares lineage (moderate)'], told.verdict
        ),
        0
    ) as verdict_rank,
    verdict_rank is not null as is_positive,
    told.n_tests,
    round(told.opening_d, 6) as opening_d,
    round(told.low, 6) as low,
    round(told.high, 6) as high,
    round(told.null_mean, 6) as null_mean,
    round(told.null_sd, 6) as null_sd,
    round(told.z, 6) as z,
    round(told.t, 6) as t,
    told.p_t,
    told.p_rank,
    told.p_holm,
    told.q,
    told.p_at_length,
    round(told.degree, 6) as degree,
    round(told.degree_low, 6) as degree_low,
    round(told.degree_high, 6) as degree_high,
    round(told.ceiling_d, 6) as ceiling_d,
    told.ceiling_kind,
    round(told.embedding, 6) as embedding,
    round(told.embedding_z, 6) as embedding_z,
    told.embedding_p,
    told.embedding_p_holm,
    round(told.length_closeness, 6) as length_closeness,
    told.n_prompts,
    told.n_controls,
    told.n_control_families,
    claim.n_claims as hard_claims,
    claim.n_trials as hard_trials,
    base.base,
    base.excess as over_base,
    base.excess_low as over_base_low,
    base.excess_high as over_base_high,
    told.rank,
    told.verdict,
    told.computed_at
from raw.lineage_verdict as told
inner join core.model as target on target.model = told.target
inner join core.model as reference on reference.model = told.reference
left join core.hard_claim as claim on claim.target = told.target and claim.claimed_vendor = reference.vendor
left join mart.base_excess as base on base.target = told.target and base.reference = told.reference
