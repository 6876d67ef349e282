-- audit.control_resembles_teacher: one row per model documented as independent that looks like a student of another vendor's.
-- grain: control
-- level: warn
-- Of a hundred controls one falls below .01 by chance. A control that is a hidden student widens every null it is in; in the
-- verdicts on that vendor it stands under resembling_controls, with the verdict without it. The relation may run the other
-- way, too, or both may have learned from a third.
select
    target as control,
    candidate_vendor,
    candidate_group,
    round(z, 2) as z,
    p_target,
    n_candidates
from mart.verdict
where target_role = 'independent' and kind = 'documented' and p_target <= 0.01
qualify row_number() over (partition by target order by place) = 1
