-- Under which templates do most targets claim another vendor?
select
    probe.mode,
    probe.template_key,
    probe.kind,
    probe.language,
    probe.is_leading,
    count(distinct probe.target) filter (where probe.is_foreign) as n_targets_leaking,
    count(distinct probe.target) filter (where probe.is_foreign is not null) as n_targets_read,
    count(*) filter (where probe.is_foreign) as n_strict,
    count(probe.is_foreign) as n_read
from core.probe_label as probe
inner join core.deciding_judge using (target, mode, judge)
group by probe.mode, probe.template_key, probe.kind, probe.language, probe.is_leading
having n_strict > 0
order by n_targets_leaking desc, n_strict / n_read desc, probe.mode, probe.template_key, probe.is_leading
limit 30;
