-- check.no_panel: one row per target that has fewer than 8 independent references to be centred on.
-- grain: target
-- level: warn
select target, max(n_panel) as n_panel
from mart.likeness
group by target
having coalesce(max(n_panel), 0) < 8
