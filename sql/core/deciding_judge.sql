-- core.deciding_judge: one row per target and mode: the judge whose label counts.
-- grain: target, mode
-- One that reads for foreign claims comes before one that does not, then the order that was registered counts.
select target, mode, judge
from core.identity_judge
qualify row_number() over (
    partition by target, mode order by reads_foreign desc, priority nulls last, judge
) = 1
