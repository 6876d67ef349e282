-- In which languages and kinds of template do targets contradict their facts, or claim another maker?
select
    trial.mode,
    trial.language,
    trial.kind,
    count(*) filter (where trial.is_contradiction) as n_loose,
    count(*) filter (where trial.is_foreign) as n_strict,
    count(*) filter (where trial.is_hard) as n_hard,
    count(trial.is_foreign) as n_read,
    count(*) - count(trial.is_foreign) as n_missing,
    round(n_strict / nullif(n_read, 0), 6) as strict_rate
from core.judged_trial as trial
inner join core.deciding_judge using (target, mode, judge)
group by trial.mode, trial.language, trial.kind
order by trial.mode, strict_rate desc nulls last, n_read desc, trial.language, trial.kind;
