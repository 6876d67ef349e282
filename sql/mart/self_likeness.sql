-- mart.self_likeness: one row per model with two or more samples of a prompt: how alike its replies are to each other.
-- grain: model
with text as (
    select
        target as model,
        sum(n) filter (where channel = 'plain_opening')::bigint as n_prompts,
        sum(total) filter (where channel = 'plain_opening') / sum(n) filter (where channel = 'plain_opening') as opening,
        sum(total) filter (where channel = 'overlap') / sum(n) filter (where channel = 'overlap') as bigram_jaccard,
        sum(total) filter (where channel = 'length') / sum(n) filter (where channel = 'length') as length_closeness
    from raw.channel_sum
    where target = reference and n > 0
    group by target
),
cosine as (
    select
        target as model,
        sum(raw_cos_sum) / sum(n_embedded_prompts) as raw_cos,
        sum(centred_cos_sum) / nullif(sum(n_centred), 0) as centred_cos
    from raw.cosine_by_set
    where target = reference
    group by target
)
select
    model,
    round(text.opening, 6) as opening,
    round(text.bigram_jaccard, 6) as bigram_jaccard,
    round(text.length_closeness, 6) as length_closeness,
    round(cosine.raw_cos, 6) as raw_cos,
    round(cosine.centred_cos, 6) as centred_cos,
    text.n_prompts
from text
left join cosine using (model)
