-- core.pair_reading: one row per two replies, judge and order: the reading that counts, of the judge's latest version.
-- grain: target_reply_id, reference_reply_id, judge, is_target_first
-- The latest version is the one that judged last. Grades of an earlier one do not count beside it: they are missing.
with version as (
    select judge, arg_max(judge_version, (judged_at, judge_version)) as judge_version
    from raw.pair_verdict
    group by judge
)
select verdict.*, (style_grade + structure_grade + content_grade) / 3 as grade
from raw.pair_verdict as verdict
inner join version using (judge, judge_version)
qualify row_number() over (
    partition by verdict.target_reply_id, verdict.reference_reply_id, verdict.judge, verdict.is_target_first
    order by verdict.missing_reason is null desc, verdict.attempt desc, verdict.judged_at desc, verdict.verdict_id
) = 1
