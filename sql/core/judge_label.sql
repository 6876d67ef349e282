-- core.judge_label: one row per reply and judge: its label if it has one, else why not; of the judge's latest version.
-- grain: reply_id, judge
-- The latest version is the one that judged last, any reply. A reply that it could not read is missing, whatever an
-- earlier version read; one that it has not come to keeps the earlier version's label (see audit.judge_version_mix).
-- Of one version the last attempt counts, also where it takes a label back: a further one is made only where what was
-- there did not stand, because an answer could not be read, or a published label was corrected.
with version as (
    select judge, judge_version, max(judged_at) as last_at
    from raw.judge_label
    group by judge, judge_version
)
select label.*
from raw.judge_label as label
inner join version using (judge, judge_version)
qualify row_number() over (
    partition by label.reply_id, label.judge
    order by
        version.last_at desc nulls last,
        label.judge_version desc,
        label.attempt desc,
        label.judged_at desc nulls last,
        label.label_id
) = 1
