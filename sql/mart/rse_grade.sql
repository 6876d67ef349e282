-- mart.rse_grade: one row per target, reference, prompt set and judge: how alike the replies are, from 1 to 5 (RSE).
-- grain: target, reference, prompt_set, judge
-- prompt_set all: the mean of the sets that were put to both, null where one of them has no grades. low, high: 95 % interval over new prompts.
-- n: pairs of replies with grades; n_missing: chosen pairs without; n_truncated: pairs of which the judge saw a part. A
-- reference against itself (is_self) is 5 by construction. Grades of different judges do not compare.
select
    target,
    reference,
    prompt_set,
    round(style_grade, 6) as style_grade,
    round(structure_grade, 6) as structure_grade,
    round(content_grade, 6) as content_grade,
    round(grade, 6) as grade,
    round(low, 6) as low,
    round(high, 6) as high,
    n,
    n_missing,
    n_truncated,
    round(coverage, 6) as coverage,
    missing_reason,
    target = reference as is_self,
    judge,
    judge_version
from score.rse_grade
