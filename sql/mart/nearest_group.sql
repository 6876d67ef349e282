-- mart.nearest_group: one row per target and candidate group, nearest first: its closest snapshot by the opening score D.
-- grain: target, candidate_group
-- Without a panel there is no D: then by the opening, which is on another scale, after all groups that have a D.
with best as (
    select *
    from mart.likeness
    qualify row_number() over (
        partition by target, candidate_group order by opening_d desc nulls last, opening desc, reference
    ) = 1
)
select
    target,
    row_number() over (partition by target order by opening_d desc nulls last, opening desc, reference) as rank,
    * exclude (target)
from best
