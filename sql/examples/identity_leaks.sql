-- In which languages and kinds of template do targets contradict their facts, or claim another vendor?
select
    probe.mode,
    probe.language,
    probe.kind,
    count(*) filter (where probe.is_contradiction) as n_loose,
    count(*) filter (where probe.is_foreign) as n_strict,
    count(*) filter (where probe.is_hard) as n_hard,
    count(probe.is_foreign) as n_read,
    count(*) - count(probe.is_foreign) as n_missing,
    round(n_strict / nullif(n_read, 0), 6) as strict_rate
from core.labelled_probe as probe
inner join core.deciding_judge using (target, mode, judge)
group by probe.mode, probe.language, probe.kind
order by probe.mode, strict_rate desc nulls last, n_read desc, probe.language, probe.kind;
