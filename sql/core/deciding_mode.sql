-- core.deciding_mode: one row per target: the mode of its identity probes whose scores compare with other targets'.
-- grain: target
-- Probes of the fixed bank, else published ones. An adaptive search has templates of its own for each target, so its scores
-- compare with nobody's and are never here.
select target, arg_min(mode, place) as mode
from (
    select target, mode, case mode when 'bank' then 1 when 'published' then 2 end as place
    from core.deciding_judge
)
where place is not null
group by target
