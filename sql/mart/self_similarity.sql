-- mart.self_similarity: one row per model with two or more samples of a prompt: how alike its replies are to each other.
-- grain: model
with text as (
    select
        target as model,
        sum(n) filter (where channel = 'prefix_overlap')::bigint as n_prompts,
        sum(total) filter (where channel = 'prefix_overlap') / sum(n) filter (where channel = 'prefix_overlap') as prefix_overlap,
        sum(total) filter (where channel = 'overlap') / sum(n) filter (where channel = 'overlap') as bigram_jaccard,
        sum(total) filter (where channel = 'length') / sum(n) filter (where channel = 'length') as length_closeness
    from score.channel_sum
    where target = reference and n > 0
    group by target
),
cosine as (
    select
        target as model,
        sum(raw_cos_sum) / sum(n_embedded_prompts) as raw_cos,
        sum(centred_cos_sum) / nullif(sum(n_centred), 0) as centred_cos
    from score.cosine_sum
    where target = reference
    group by target
)
select
    model,
    -- prefix_overlap: Mean prefix overlap between the model's own samples.
    round(text.prefix_overlap, 6) as prefix_overlap,
    round(text.bigram_jaccard, 6) as bigram_jaccard,
    round(text.length_closeness, 6) as length_closeness,
    round(cosine.raw_cos, 6) as raw_cos,
    round(cosine.centred_cos, 6) as centred_cos,
    text.n_prompts
from text
left join cosine using (model)
