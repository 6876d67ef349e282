-- mart.pair_beside_self: one row per two models: their likeness on the prompts that each was sampled on more than once,
-- beside each model's likeness to itself on the same prompts.
-- grain: left_model, right_model
-- share_of_self: the pair's likeness divided by the mean of the two models' likeness to themselves. About 1: as alike
-- as two samples of one model. It is an ordering, no probability.
-- Missing where a model's own samples hardly share an opening: there is nothing to divide by.
with item as (
    select
        overlap.left_model,
        overlap.right_model,
        overlap.prompt_id,
        coalesce(opening.opening_sum, 0) / overlap.n_sample_pairs as opening,
        overlap.bigram_jaccard,
        cosine.raw_cos
    from core.pair_overlap as overlap
    left join core.pair_opening as opening using (left_model, right_model, prompt_id)
    left join raw.cosine as cosine using (left_model, right_model, prompt_id)
),
own as (
    select left_model as model, prompt_id, opening, bigram_jaccard, raw_cos
    from item
    where left_model = right_model
),
pair as (
    select
        item.left_model,
        item.right_model,
        count(*) as n_prompts,
        avg(item.opening) as opening,
        avg(l.opening) as left_self_opening,
        avg(r.opening) as right_self_opening,
        avg(item.bigram_jaccard) as bigram_jaccard,
        avg(l.bigram_jaccard) as left_self_bigram_jaccard,
        avg(r.bigram_jaccard) as right_self_bigram_jaccard,
        avg(item.raw_cos) as raw_cos,
        avg(l.raw_cos) as left_self_raw_cos,
        avg(r.raw_cos) as right_self_raw_cos
    from item
    inner join own as l on l.model = item.left_model and l.prompt_id = item.prompt_id
    inner join own as r on r.model = item.right_model and r.prompt_id = item.prompt_id
    where item.left_model <> item.right_model
    group by item.left_model, item.right_model
),
shared as (
    select
        left_model,
        right_model,
        n_prompts,
        round(columns(* exclude (left_model, right_model, n_prompts)), 6),
        case
            when least(left_self_opening, right_self_opening) >= 0.05
                then round(2 * opening / (left_self_opening + right_self_opening), 6)
        end as opening_share_of_self,
        round(2 * bigram_jaccard / nullif(left_self_bigram_jaccard + right_self_bigram_jaccard, 0), 6)
            as bigram_share_of_self
    from pair
)
select
    row_number() over (
        order by opening_share_of_self desc nulls last, bigram_share_of_self desc nulls last, left_model, right_model
    ) as position,
    *
from shared
