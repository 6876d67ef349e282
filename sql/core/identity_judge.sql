-- core.identity_judge: one row per target, mode and judge with labels of its identity probes: what decides who counts.
-- grain: target, mode, judge
-- reads_foreign: it has read one of them for foreign claims. priority: its place in the order that was registered last;
-- null where it is not in it. A judge that read some of them, and none for what a score is formed of, has no row.
with ordered as (
    select judge, priority
    from raw.judge_priority
    qualify registered_at = max(registered_at) over ()
)
select
    label.target,
    label.mode,
    label.judge,
    bool_or(label.is_foreign is not null) as reads_foreign,
    any_value(ordered.priority) as priority
from core.probe_label as label
left join ordered using (judge)
group by label.target, label.mode, label.judge
having reads_foreign
    or bool_or(label.is_contradiction is not null)
    or bool_and(label.label_missing_reason is not null)
