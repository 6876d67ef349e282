-- mart.pair_beside_self: one row per two models: their likeness on the prompts that each was sampled on more than once,
-- beside each model's likeness to itself on the same prompts.
-- grain: left_model, right_model
-- share_of_self: the pair's likeness divided by the mean of the two models' likeness to themselves. About 1: as alike
-- as two samples of one model. It is an ordering, no probability. Its 95 % interval is that of a ratio of means over
-- prompts (linearised, Cochran 1977, 6.4): -+ 1.96 standard errors, each prompt one cluster.
-- Missing where a model's own samples hardly share an opening: there is nothing to divide by.
with sampled as (
    -- Where nobody was sampled twice nothing else is read.
    select left_model as model, prompt_id, n_sample_pairs, bigram_jaccard
    from core.pair_overlap
    where left_model = right_model
),
own as (
    select
        sampled.model,
        sampled.prompt_id,
        coalesce(opening.opening_sum, 0) / sampled.n_sample_pairs as opening,
        sampled.bigram_jaccard,
        cosine.raw_cos
    from sampled
    left join core.pair_opening as opening
        on opening.left_model = sampled.model
        and opening.right_model = sampled.model
        and opening.prompt_id = sampled.prompt_id
    left join raw.cosine as cosine
        on cosine.left_model = sampled.model
        and cosine.right_model = sampled.model
        and cosine.prompt_id = sampled.prompt_id
),
chosen as (
    select overlap.left_model, overlap.right_model, overlap.prompt_id, overlap.n_sample_pairs, overlap.bigram_jaccard
    from core.pair_overlap as overlap
    inner join sampled as l on l.model = overlap.left_model and l.prompt_id = overlap.prompt_id
    inner join sampled as r on r.model = overlap.right_model and r.prompt_id = overlap.prompt_id
    where overlap.left_model <> overlap.right_model
),
item as (
    select
        chosen.left_model,
        chosen.right_model,
        chosen.prompt_id,
        coalesce(opening.opening_sum, 0) / chosen.n_sample_pairs as opening,
        chosen.bigram_jaccard,
        cosine.raw_cos
    from chosen
    left join core.pair_opening as opening using (left_model, right_model, prompt_id)
    left join raw.cosine as cosine using (left_model, right_model, prompt_id)
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
        avg(r.raw_cos) as right_self_raw_cos,
        sum(item.opening ** 2) as square_sum,
        sum(item.opening * (l.opening + r.opening) / 2) as product_sum,
        sum(((l.opening + r.opening) / 2) ** 2) as self_square_sum
    from item
    inner join own as l on l.model = item.left_model and l.prompt_id = item.prompt_id
    inner join own as r on r.model = item.right_model and r.prompt_id = item.prompt_id
    group by item.left_model, item.right_model
),
ratio as (
    select
        *,
        case
            when least(left_self_opening, right_self_opening) >= 0.05
                then 2 * opening / (left_self_opening + right_self_opening)
        end as share,
        (left_self_opening + right_self_opening) / 2 as self_opening
    from pair
),
spread as (
    select
        *,
        sqrt(
            greatest(square_sum - 2 * share * product_sum + share ** 2 * self_square_sum, 0)
            / nullif(n_prompts - 1, 0)
            / n_prompts
        ) / self_opening as share_se
    from ratio
),
shared as (
    select
        left_model,
        right_model,
        n_prompts,
        round(
            columns(
                * exclude (
                    left_model,
                    right_model,
                    n_prompts,
                    square_sum,
                    product_sum,
                    self_square_sum,
                    share,
                    self_opening,
                    share_se
                )
            ),
            6
        ),
        round(share, 6) as opening_share_of_self,
        round(share - 1.96 * share_se, 6) as opening_share_of_self_low,
        round(share + 1.96 * share_se, 6) as opening_share_of_self_high,
        round(2 * bigram_jaccard / nullif(left_self_bigram_jaccard + right_self_bigram_jaccard, 0), 6)
            as bigram_share_of_self
    from spread
)
select
    row_number() over (
        order by opening_share_of_self desc nulls last, bigram_share_of_self desc nulls last, left_model, right_model
    ) as position,
    *
from shared
