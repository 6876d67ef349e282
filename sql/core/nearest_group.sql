-- core.nearest_group: one row per target and candidate group, nearest first: its closest snapshot by the prefix_overlap score D.
-- grain: target, candidate_group
-- Without a background there is no D: then by the prefix_overlap, which is on another scale, after all groups that have a D.
with best as (
    select *
    from mart.pair_similarity
    qualify row_number() over (
        partition by target, candidate_group order by prefix_overlap_d desc nulls last, prefix_overlap desc, reference
    ) = 1
)
select
    target,
    row_number() over (partition by target order by prefix_overlap_d desc nulls last, prefix_overlap desc, reference) as rank,
    * exclude (target)
from best
