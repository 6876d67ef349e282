-- Which verdicts hang in the balance, and would more prompts help, or only more unrelated models to compare with?
-- sampling_share: how much of the score's spread among unrelated models would come of the prompts alone; near 0, more
-- prompts are of no use.
select
    target,
    candidate_group,
    verdict,
    score,
    null_mean,
    null_sd,
    p_target,
    q,
    n_candidates,
    n_prompts,
    n_controls,
    round(least(((score_high - score_low) / 3.92 / null_sd) ** 2, 1), 3) as sampling_share
from mart.verdict
where not is_kin and place = 1 and p_target between 0.005 and 0.3 and null_sd > 0
order by p_target, target, candidate_group;
