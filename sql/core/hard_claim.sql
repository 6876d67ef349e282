-- core.hard_claim: one row per target and foreign vendor that it claimed though nobody was named, by the judge that counts.
-- grain: target, claimed_vendor
-- All modes together: a vote needs a reply, not a comparison. n_trials: those that named nobody and were read.
with trial as (
    select judged.target, judged.is_hard, judged.claimed_vendor
    from core.judged_trial as judged
    inner join core.deciding_judge as deciding using (target, mode, judge)
    where not judged.is_leading and judged.is_foreign is not null
),
total as (
    select target, count(*) as n_trials, count(*) filter (where is_hard) as n_hard
    from trial
    group by target
)
select
    trial.target,
    trial.claimed_vendor,
    count(*) as n_claims,
    any_value(total.n_hard) as n_hard,
    any_value(total.n_trials) as n_trials
from trial
inner join total using (target)
where trial.is_hard and trial.claimed_vendor is not null
group by trial.target, trial.claimed_vendor
