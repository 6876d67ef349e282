-- mart.pair_self_normalised: one row per two models: their similarity on the prompts that each was sampled on more than once,
-- beside each model's similarity to itself on the same prompts.
-- grain: left_model, right_model
-- share_of_self: the pair's similarity divided by the mean of the two models' similarity to themselves. About 1: as alike
-- as two samples of one model. It is an ordering, no probability. Its 95 % interval is that of a ratio of means over
-- prompts (linearised, Cochran 1977, 6.4): -+ 1.96 standard errors, each prompt one cluster.
-- Missing where a model's own samples hardly share leading words: there is nothing to divide by. equality, distance: of the test
-- of model equality, by shared words; null for pairs that were not tested, the least alike of many.
with pair as (
    select
        sums.left_model,
        sums.right_model,
        sums.n_prompts,
        sums.prefix_overlap_total / sums.n_prompts as prefix_overlap,
        sums.left_self_prefix_overlap_total / sums.n_prompts as left_self_prefix_overlap,
        sums.right_self_prefix_overlap_total / sums.n_prompts as right_self_prefix_overlap,
        sums.overlap_total / nullif(sums.n_overlap, 0) as bigram_jaccard,
        sums.left_self_overlap_total / nullif(sums.n_left_self_overlap, 0) as left_self_bigram_jaccard,
        sums.right_self_overlap_total / nullif(sums.n_right_self_overlap, 0) as right_self_bigram_jaccard,
        cosine.raw_cos_total / cosine.n_prompts as raw_cos,
        cosine.left_self_raw_cos_total / cosine.n_prompts as left_self_raw_cos,
        cosine.right_self_raw_cos_total / cosine.n_prompts as right_self_raw_cos,
        sums.prefix_overlap_square_total as square_sum,
        sums.product_total as product_sum,
        sums.self_square_total as self_square_sum
    from score.repeat_sum as sums
    left join score.repeat_cosine_sum as cosine using (left_model, right_model)
),
ratio as (
    select
        *,
        case
            when least(left_self_prefix_overlap, right_self_prefix_overlap) >= 0.05
                then 2 * prefix_overlap / (left_self_prefix_overlap + right_self_prefix_overlap)
        end as share,
        (left_self_prefix_overlap + right_self_prefix_overlap) / 2 as self_prefix_overlap
    from pair
),
spread as (
    select
        *,
        standard_error(0, square_sum - 2 * share * product_sum + share ** 2 * self_square_sum, n_prompts)
        / self_prefix_overlap as share_se
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
                    self_prefix_overlap,
                    share_se
                )
            ),
            6
        ),
        round(share, 6) as prefix_overlap_self_normalised,
        round(share - 1.96 * share_se, 6) as prefix_overlap_self_normalised_low,
        round(share + 1.96 * share_se, 6) as prefix_overlap_self_normalised_high,
        round(2 * bigram_jaccard / nullif(left_self_bigram_jaccard + right_self_bigram_jaccard, 0), 6)
            as bigram_jaccard_self_normalised
    from spread
)
select
    row_number() over (
        order by prefix_overlap_self_normalised desc nulls last, bigram_jaccard_self_normalised desc nulls last, left_model, right_model
    ) as position,
    shared.*,
    -- equality: Whether the two are one model, by a permutation test of their samples: same model, nearly the same, another model, not conclusive, too few prompts.
    test.equality,
    round(test.distance, 6) as distance,
    round(test.distance_high, 6) as distance_high,
    round(test.detectable_distance, 6) as detectable_distance,
    test.p_equality,
    test.p_equality_holm
from shared
left join score.model_equality as test using (left_model, right_model)
