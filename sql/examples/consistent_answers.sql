-- How consistently does each model say who made it, over all ways in which that is asked?
select
    target,
    mode,
    judge,
    sum(n_answers)::bigint as n_answers,
    round(sum(n_answers * top_share) / nullif(sum(n_answers), 0), 3) as top_share,
    round(sum(n_answers * entropy_bits) / nullif(sum(n_answers), 0), 3) as entropy_bits
from mart.identity_consistency
group by target, mode, judge
order by entropy_bits desc nulls last, target, mode, judge;
