-- mart.identity_consistency_of_target: one row per target, mode and judge: means over its groups of questions.
-- grain: target, mode, judge
-- Each group counts by its answers; pair_agreement is over the groups with two answers or more. embedding_spread: each
-- group by its embedded replies, over those with two or more.
select
    target,
    mode,
    judge,
    count(*) filter (where n_answers > 0) as n_groups,
    sum(n_answers)::bigint as n_answers,
    sum(n_unnamed)::bigint as n_unnamed,
    sum(n_missing)::bigint as n_missing,
    round(sum(n_answers * top_share) / nullif(sum(n_answers), 0), 6) as top_share,
    round(sum(n_answers * entropy_bits) / nullif(sum(n_answers), 0), 6) as entropy_bits,
    round(sum(n_answers * n_makers_effective) / nullif(sum(n_answers), 0), 6) as n_makers_effective,
    round(
        sum(n_answers * pair_agreement) / nullif(sum(n_answers) filter (where pair_agreement is not null), 0), 6
    ) as pair_agreement,
    sum(n_embedded)::bigint as n_embedded,
    round(
        sum(n_embedded * embedding_spread) / nullif(sum(n_embedded) filter (where embedding_spread is not null), 0), 6
    ) as embedding_spread
from mart.identity_consistency
group by target, mode, judge
