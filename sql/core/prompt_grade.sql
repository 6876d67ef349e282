-- core.prompt_grade: one row per target, reference, prompt and judge that was chosen: its grades, or why there are none.
-- grain: target, reference, prompt_id, judge
-- Read in both orders, a pair has the mean of the two.
with graded as (
    select
        target_reply_id,
        reference_reply_id,
        judge,
        any_value(judge_version) as judge_version,
        avg(style_grade) as style_grade,
        avg(structure_grade) as structure_grade,
        avg(content_grade) as content_grade,
        avg(grade) as grade,
        max(n_truncated_chars) as n_truncated_chars,
        max(missing_reason) as missing_reason
    from core.pair_label
    group by target_reply_id, reference_reply_id, judge
)
select
    pair.* exclude (missing_reason),
    graded.judge_version,
    graded.style_grade,
    graded.structure_grade,
    graded.content_grade,
    graded.grade,
    graded.n_truncated_chars,
    case
        when graded.grade is null then coalesce(pair.missing_reason, graded.missing_reason, 'not_graded')
    end as missing_reason
from core.reply_pair as pair
left join graded using (target_reply_id, reference_reply_id, judge)
