-- mart.pair_similarity: one row per target and reference: the prefix_overlap score D with its 95 % interval, and what stands beside it.
-- grain: target, reference
-- prefix_overlap_d_low and _high: D -+ 1.96 standard errors over prompts (each prompt is one cluster). They tell how precisely
-- D is known on its n_centred prompts (those that a model of the background answered, too), not whether it is more than chance: that takes a null over unrelated references.
with text as (
    select
        target,
        reference,
        sum(n_prompts)::bigint as n_prompts,
        sum(n_centred)::bigint as n_centred,
        max(n_background) as n_background,
        sum(prefix_overlap_sum) / sum(n_prompts) as prefix_overlap,
        sum(prefix_overlap_d_sum) / nullif(sum(n_centred), 0) as prefix_overlap_d,
        standard_error(sum(prefix_overlap_d_sum), sum(prefix_overlap_d_square_sum), sum(n_centred)) as prefix_overlap_d_se,
        sum(length_closeness_sum) / nullif(sum(n_length), 0) as length_closeness,
        sum(bigram_jaccard_sum) / nullif(sum(n_bigram), 0) as bigram_jaccard
    from core.pair_similarity_by_set
    group by target, reference
),
cosine as (
    select
        target,
        reference,
        sum(n_embedded_prompts)::bigint as n_embedded_prompts,
        sum(raw_cos_sum) / sum(n_embedded_prompts) as raw_cos,
        sum(centred_cos_sum) / nullif(sum(n_centred), 0) as centred_cos
    from score.cosine_sum
    group by target, reference
),
asked as (
    select model as target, count(distinct prompt_id) as n_target_prompts
    from core.reply
    group by model
)
select
    text.target,
    text.reference,
    model.candidate_group,
    model.vendor as reference_vendor,
    model.family = target_model.family as is_same_family,
    -- score: Of these two models alone, by the statistic of the verdicts; a verdict has that of a group's best snapshot.
    round(scored.score, 6) as score,
    -- z: The score in standard deviations of what unrelated models have with this reference.
    round(scored.z, 6) as z,
    round(text.prefix_overlap, 6) as prefix_overlap,
    round(text.prefix_overlap_d, 6) as prefix_overlap_d,
    round(text.prefix_overlap_d - 1.96 * text.prefix_overlap_d_se, 6) as prefix_overlap_d_low,
    round(text.prefix_overlap_d + 1.96 * text.prefix_overlap_d_se, 6) as prefix_overlap_d_high,
    -- n_background: Models in the centring background.
    text.n_background,
    round(vote.nearest_share, 6) as nearest_share,
    round(global_vote.nearest_share, 6) as global_nearest_share,
    round(cosine.centred_cos, 6) as centred_cos,
    round(cosine.raw_cos, 6) as raw_cos,
    round(text.length_closeness, 6) as length_closeness,
    round(text.bigram_jaccard, 6) as bigram_jaccard,
    text.n_prompts,
    text.n_centred,
    coalesce(cosine.n_embedded_prompts, 0) as n_embedded_prompts,
    round(text.n_prompts / asked.n_target_prompts, 6) as coverage
from text
inner join core.model as model on model.model = text.reference
inner join core.model as target_model on target_model.model = text.target
inner join asked on asked.target = text.target
left join score.pair_score as scored on scored.target = text.target and scored.reference = text.reference
left join cosine on cosine.target = text.target and cosine.reference = text.reference
left join core.nearest_vote as vote
    on vote.neighbour_kind = 'within_prompt' and vote.target = text.target and vote.reference = text.reference
left join core.nearest_vote as global_vote
    on global_vote.neighbour_kind = 'centred_global'
    and global_vote.target = text.target
    and global_vote.reference = text.reference
