-- audit.unknown_lineage: one row per model of whose lineage nothing is known.
-- grain: model
-- level: warn
select model
from core.model
where not has_lineage
