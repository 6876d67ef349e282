-- mart.nearest_group: one row per target and candidate group, nearest first: its closest snapshot by the opening score D.
-- grain: target, candidate_group
with best as (
    select *
    from mart.likeness
    qualify row_number() over (
        partition by target, candidate_group order by coalesce(opening_d, opening) desc, reference
    ) = 1
)
select
    target,
    row_number() over (partition by target order by coalesce(opening_d, opening) desc, reference) as rank,
    * exclude (target)
from best
