-- audit.identity_order: one row per target, mode and judge with probes that break hard <= strict <= loose.
-- grain: target, mode, judge
-- level: fail
-- Held probe by probe, over those that have both labels: where strict labels cover only a part of a log, a rate over
-- them may well be above the rate of loose labels over all.
select
    target,
    mode,
    judge,
    count(*) as n_probes,
    count(*) filter (where is_foreign and not is_contradiction) as n_strict_not_loose,
    count(*) filter (where is_hard and not is_foreign) as n_hard_not_strict,
    min(request_id) filter (where (is_foreign and not is_contradiction) or (is_hard and not is_foreign))
        as first_request_id
from core.labelled_probe
where is_contradiction is not null and is_foreign is not null
group by target, mode, judge
having first_request_id is not null
