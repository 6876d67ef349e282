-- check.no_panel: one row per target that was centred on fewer than 8 models that are documented as independent.
-- grain: target
-- level: warn
select likeness.target, coalesce(max(likeness.n_panel), 0) as n_panel
from mart.likeness as likeness
left join mart.panel as panel on panel.model = likeness.reference and panel.role = 'independent'
group by likeness.target
having coalesce(max(likeness.n_panel), 0) < 8 or count(panel.model) < 8
