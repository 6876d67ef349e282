-- audit.judge_version_mix: one row per target, mode and judge whose probes several versions of the judge read.
-- grain: target, mode, judge
-- level: warn
select target, mode, judge, list_sort(list(distinct judge_version)) as judge_versions
from core.labelled_probe
where judge_version is not null
group by target, mode, judge
having count(distinct judge_version) > 1
