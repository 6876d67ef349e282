-- core.verdict: one row per reply and judge: its reading if it has one, else why not; of the judge's latest version.
-- grain: reply_id, judge
-- The latest version is the one that judged last, any reply. A reply that it could not read is missing, whatever an
-- earlier version read; one that it has not come to keeps the earlier version's verdict (see check.judge_version_mix).
-- Of one version the last attempt counts, also where it takes a reading back: a further one is made only where what was
-- there did not stand, because an answer could not be read, or a published label was corrected.
with version as (
    select judge, judge_version, max(judged_at) as last_at
    from raw.verdict
    group by judge, judge_version
)
select verdict.*
from raw.verdict as verdict
inner join version using (judge, judge_version)
qualify row_number() over (
    partition by verdict.reply_id, verdict.judge
    order by
        version.last_at desc nulls last,
        verdict.judge_version desc,
        verdict.attempt desc,
        verdict.judged_at desc nulls last,
        verdict.verdict_id
) = 1
