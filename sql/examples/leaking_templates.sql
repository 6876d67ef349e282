-- Under which templates do most targets claim another maker?
select
    trial.mode,
    trial.template_key,
    trial.kind,
    trial.language,
    trial.is_leading,
    count(distinct trial.target) filter (where trial.is_foreign) as n_targets_slipping,
    count(distinct trial.target) filter (where trial.is_foreign is not null) as n_targets_read,
    count(*) filter (where trial.is_foreign) as n_strict,
    count(trial.is_foreign) as n_read
from core.trial_reading as trial
inner join core.deciding_judge using (target, mode, judge)
group by trial.mode, trial.template_key, trial.kind, trial.language, trial.is_leading
having n_strict > 0
order by n_targets_slipping desc, n_strict / n_read desc, trial.mode, trial.template_key, trial.is_leading
limit 30;
