-- mart.judge_agreement: one row per two judges, mode, target and score: how far their labels of the same replies agree.
-- grain: mode, target, left_judge, right_judge, score
-- target all: pooled over targets. kappa: Cohen's, with a 95 % interval over templates; null with a reason.
select * replace (
    round(left_rate, 6) as left_rate,
    round(right_rate, 6) as right_rate,
    round(agreement, 6) as agreement,
    round(kappa, 6) as kappa,
    round(kappa_low, 6) as kappa_low,
    round(kappa_high, 6) as kappa_high
)
from score.judge_agreement
