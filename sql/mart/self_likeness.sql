-- mart.self_likeness: one row per model with two or more samples of a prompt: how alike its replies are to each other.
-- grain: model
with text as (
    select
        overlap.left_model as model,
        count(*) as n_prompts,
        sum(coalesce(opening.opening_sum, 0) / overlap.n_sample_pairs) / count(*) as opening,
        avg(overlap.bigram_jaccard) as bigram_jaccard,
        avg(overlap.length_closeness) as length_closeness
    from core.pair_overlap as overlap
    left join core.pair_opening as opening using (left_model, right_model, prompt_id)
    where overlap.left_model = overlap.right_model
    group by overlap.left_model
),
cosine as (
    select left_model as model, avg(raw_cos) as raw_cos, avg(centred_cos) as centred_cos
    from raw.cosine
    where left_model = right_model
    group by left_model
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
