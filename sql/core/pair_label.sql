-- core.pair_label: one row per two replies, judge and order: the label that counts, of the judge's latest version.
-- grain: target_reply_id, reference_reply_id, judge, is_target_first
-- The latest version is the one that judged last. Grades of an earlier one do not count beside it: they are missing.
with version as (
    select judge, arg_max(judge_version, (judged_at, judge_version)) as judge_version
    from raw.pair_label
    group by judge
)
select label.*, (style_grade + structure_grade + content_grade) / 3 as grade
from raw.pair_label as label
inner join version using (judge, judge_version)
qualify row_number() over (
    partition by label.target_reply_id, label.reference_reply_id, label.judge, label.is_target_first
    order by label.missing_reason is null desc, label.attempt desc, label.judged_at desc, label.label_id
) = 1
