-- mart.identity_coverage: one row per target and mode: identity probes asked, answered and read, and why not.
-- grain: target, mode
-- judge: the one that counts; n_read: replies that it has a label of. unread_reasons: why it has none of the others.
with probe as (
    select target, mode, request_id, missing_reason
    from core.probe
),
label as (
    select probe.target, probe.mode, probe.request_id, probe.label_missing_reason
    from core.labelled_probe as probe
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
            probe.target,
            probe.mode,
            case when probe.missing_reason is not null then 'missing' else 'unread' end as kind,
            coalesce(probe.missing_reason, label.label_missing_reason) as missing_reason,
            count(*) as n
        from probe
        left join label using (target, mode, request_id)
        where coalesce(probe.missing_reason, label.label_missing_reason) is not null
        group by all
    )
    group by target, mode
)
select
    target,
    mode,
    count(*) as n_probes,
    count(*) - count(probe.missing_reason) as n_answered,
    count(probe.missing_reason) as n_missing,
    round((count(*) - count(probe.missing_reason)) / count(*), 6) as coverage,
    any_value(reason.missing_reasons) as missing_reasons,
    any_value(deciding.judge) as judge,
    count(*) filter (where label.request_id is not null and label.label_missing_reason is null) as n_read,
    any_value(reason.unread_reasons) as unread_reasons
from probe
left join core.deciding_judge as deciding using (target, mode)
left join label using (target, mode, request_id)
left join reason using (target, mode)
group by target, mode
