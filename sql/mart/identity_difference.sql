-- mart.identity_difference: one row per two targets, mode and score: the paired difference, by the judge that counts.
-- grain: left_target, right_target, mode, score
-- difference: left less right on the probes that both have a label of. p_holm is adjusted over all pairs of targets
-- of one judge and score. The judge that counts is the first of those that have read both, as in core.deciding_judge.
select
    gap.left_target,
    gap.right_target,
    left_model.vendor as left_vendor,
    right_model.vendor as right_vendor,
    gap.mode,
    gap.judge,
    gap.score,
    round(gap.difference, 6) as difference,
    round(gap.low, 6) as low,
    round(gap.high, 6) as high,
    gap.low > 0 or gap.high < 0 as is_zero_excluded,
    round(gap.p, 6) as p,
    round(gap.p_holm, 6) as p_holm,
    gap.n,
    gap.n_templates
from score.identity_difference as gap
inner join core.identity_judge as left_reader
    on left_reader.target = gap.left_target and left_reader.mode = gap.mode and left_reader.judge = gap.judge
inner join core.identity_judge as right_reader
    on right_reader.target = gap.right_target and right_reader.mode = gap.mode and right_reader.judge = gap.judge
left join core.model as left_model on left_model.model = gap.left_target
left join core.model as right_model on right_model.model = gap.right_target
qualify rank() over (
    partition by gap.left_target, gap.right_target, gap.mode
    order by
        (left_reader.reads_foreign and right_reader.reads_foreign) desc,
        left_reader.priority nulls last,
        (left_reader.reads_foreign or right_reader.reads_foreign) desc,
        gap.judge
) = 1
