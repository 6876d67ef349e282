-- mart.identity_coverage: one row per target and mode: identity trials asked, answered and read, and why not.
-- grain: target, mode
-- judge: the one that counts; n_read: replies that it has a reading of. unread_reasons: why it has none of the others.
with trial as (
    select target, mode, request_id, missing_reason
    from core.trial
),
reading as (
    select trial.target, trial.mode, trial.request_id, trial.verdict_missing_reason
    from core.judged_trial as trial
    inner join core.deciding_judge using (target, mode, judge)
),
reason as (
    select
        target,
        mode,
        string_agg(missing_reason || ' ' || n, ', ' order by n desc, missing_reason) filter (where kind = 'missing')
            as missing_reasons,
        string_agg(missing_reason || ' ' || n, ', ' order by n desc, missing_reason) filter (where kind = 'unread')
            as unread_reasons
    from (
        select
            trial.target,
            trial.mode,
            case when trial.missing_reason is not null then 'missing' else 'unread' end as kind,
            coalesce(trial.missing_reason, reading.verdict_missing_reason) as missing_reason,
            count(*) as n
        from trial
        left join reading using (target, mode, request_id)
        where coalesce(trial.missing_reason, reading.verdict_missing_reason) is not null
        group by all
    )
    group by target, mode
)
select
    target,
    mode,
    count(*) as n_trials,
    count(*) - count(trial.missing_reason) as n_answered,
    count(trial.missing_reason) as n_missing,
    round((count(*) - count(trial.missing_reason)) / count(*), 6) as coverage,
    any_value(reason.missing_reasons) as missing_reasons,
    any_value(deciding.judge) as judge,
    count(*) filter (where reading.request_id is not null and reading.verdict_missing_reason is null) as n_read,
    any_value(reason.unread_reasons) as unread_reasons
from trial
left join core.deciding_judge as deciding using (target, mode)
left join reading using (target, mode, request_id)
left join reason using (target, mode)
group by target, mode
