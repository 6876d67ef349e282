-- audit.grade_unreadable: one row per judge of whose grades over 5 % are missing though there were two replies to read.
-- grain: judge
-- level: warn
select
    judge,
    count(*) as n_pairs,
    count(missing_reason) as n_missing,
    round(count(missing_reason) / count(*), 6) as missing_share,
    mode(missing_reason) as commonest_missing_reason
from core.prompt_grade
where missing_reason is null or missing_reason not in ('no_target_reply', 'no_reference_reply')
group by judge
having count(missing_reason) > 0.05 * count(*)
