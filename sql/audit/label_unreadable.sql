-- audit.label_unreadable: one row per judge of whose labels over 5 % are missing though there was a reply to read.
-- grain: judge
-- level: warn
-- Empty replies and failed calls are nothing to read: they are in neither count.
select
    judge,
    count(*) as n_labels,
    count(missing_reason) as n_missing,
    round(count(missing_reason) / count(*), 6) as missing_share,
    mode(missing_reason) as commonest_missing_reason
from core.judge_label
where missing_reason is null or missing_reason not in ('empty_reply', 'failed_call')
group by judge
having count(missing_reason) > 0.05 * count(*)
