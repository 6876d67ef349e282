-- check.control_resembles_teacher: one row per model documented as independent that shares lineage with another maker's.
-- grain: control, candidate_group
-- level: warn
-- A control that is a hidden student widens every null it is in, and lets other students of that teacher pass.
select target as control, candidate_group, round(degree, 3) as degree, round(p_holm, 4) as p_holm, verdict
from mart.verdict
where
    target_role = 'independent'
    and not is_kin
    and (is_positive or verdict = 'confounded')
