-- mart.identity_difference: one row per two targets, mode and score: the paired difference, by the judge that counts.
-- grain: left_target, right_target, mode, score
-- difference: left less right on the probes that both have a label of. p_holm is adjusted over all pairs of targets
-- of one judge and score. The judge that counts is the first by rank that has read both.
with reader as (
    select target, mode, judge, min(judge_rank) as judge_rank
    from score.identity_score
    group by target, mode, judge
)
select
    gap.left_target,
    gap.right_target,
    left_model.vendor as left_vendor,
    right_model.vendor as right_vendor,
    gap.mode,
    gap.judge,
    gap.score,
    round(gap.difference, 6) as difference,
    -- low: Lower end of the difference's 95 % interval.
    round(gap.low, 6) as low,
    -- high: Upper end of the difference's 95 % interval.
    round(gap.high, 6) as high,
    gap.low > 0 or gap.high < 0 as is_zero_excluded,
    round(gap.p, 6) as p,
    round(gap.p_holm, 6) as p_holm,
    -- n: Probes that both have a label of.
    gap.n,
    gap.n_templates
from score.identity_difference as gap
inner join reader as left_reader
    on left_reader.target = gap.left_target and left_reader.mode = gap.mode and left_reader.judge = gap.judge
inner join reader as right_reader
    on right_reader.target = gap.right_target and right_reader.mode = gap.mode and right_reader.judge = gap.judge
left join core.model as left_model on left_model.model = gap.left_target
left join core.model as right_model on right_model.model = gap.right_target
qualify rank() over (
    partition by gap.left_target, gap.right_target, gap.mode
    order by
        greatest(left_reader.judge_rank, right_reader.judge_rank),
        least(left_reader.judge_rank, right_reader.judge_rank),
        gap.judge
) = 1
