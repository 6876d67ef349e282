-- mart.pair_similarity_by_set: one row per target, reference and prompt set: how alike their replies are.
-- grain: target, reference, prompt_set
select
    text.target,
    text.reference,
    model.candidate_group,
    text.prompt_set,
    text.prefix_overlap_sum / text.n_prompts as prefix_overlap,
    text.prefix_overlap_d_sum / nullif(text.n_centred, 0) as prefix_overlap_d,
    text.bigram_jaccard_sum / nullif(text.n_bigram, 0) as bigram_jaccard,
    text.length_closeness_sum / nullif(text.n_length, 0) as length_closeness,
    cosine.raw_cos_sum / nullif(cosine.n_embedded_prompts, 0) as raw_cos,
    cosine.centred_cos_sum / nullif(cosine.n_centred, 0) as centred_cos,
    text.n_prompts,
    -- n_background: Models in the centring background.
    text.n_background,
    coalesce(cosine.n_embedded_prompts, 0) as n_embedded_prompts
from core.pair_similarity_by_set as text
inner join core.model as model on model.model = text.reference
left join score.cosine_sum as cosine using (target, reference, prompt_set)
