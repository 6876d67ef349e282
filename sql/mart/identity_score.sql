-- mart.identity_score: one row per target, mode, score and slice: loose, strict or hard, by the judge that counts.
-- grain: target, mode, score, slice
-- low, high: 95 % interval over new templates and questions; bound_low, bound_high: the value if every missing probe
-- were negative, and if every one were positive. slice: all, language=.., kind=.., leading=true or false; as_published
-- counts failed calls as negative, as the published labels did. The judge that counts is that of core.deciding_judge;
-- all are in score.identity_score.
select score.*
from score.identity_score as score
inner join core.deciding_judge using (target, mode, judge)
