-- core.deciding_judge: one row per target and mode: the judge whose label counts, the first by rank.
-- grain: target, mode
select target, mode, arg_min(judge, (judge_rank, judge)) as judge
from score.identity_score
group by target, mode
