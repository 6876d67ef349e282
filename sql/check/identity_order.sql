-- check.identity_order: one row per target, mode, judge and slice whose scores break hard <= strict <= loose.
-- grain: target, mode, judge, slice
-- level: fail
select
    target,
    mode,
    judge,
    slice,
    max(value) filter (where score = 'loose') as loose,
    max(value) filter (where score = 'strict') as strict,
    max(value) filter (where score = 'hard') as hard
from raw.identity_score
group by target, mode, judge, slice
having hard > strict + 1e-9 or strict > loose + 1e-9 or hard > loose + 1e-9
