-- audit.identity_banks_differ: one row per target whose bank of identity probes is not the one that most targets had.
-- grain: target
-- level: warn
-- Its rates stand on other templates or questions, and don't compare.
with bank as (
    select target, md5(string_agg(distinct template_id || question_id, ',' order by template_id || question_id)) as exam
    from core.probe
    where mode = 'bank'
    group by target
),
common as (
    select exam
    from bank
    group by exam
    order by count(*) desc, exam
    limit 1
)
select target
from bank
where exam not in (select exam from common)
