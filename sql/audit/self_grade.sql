-- audit.self_grade: one row per reference that a judge does not give 5 against itself.
-- grain: reference, prompt_set, judge
-- level: fail
select reference, prompt_set, judge, grade
    -- prompt_set: Name of the prompt set.
from mart.rse_grade
where is_self and grade <> 5
