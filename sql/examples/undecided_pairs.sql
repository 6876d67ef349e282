-- Which verdicts hang in the balance, and would more prompts help, or only more unrelated models to compare with?
-- sampling_share: how much of D's spread among unrelated models would come of the prompts alone; near 0, more prompts are
-- of no use.
select
    target,
    candidate_group,
    verdict,
    opening_d,
    null_mean,
    null_sd,
    p_holm,
    n_prompts,
    n_controls,
    round(least(((high - low) / 3.92 / null_sd) ** 2, 1), 3) as sampling_share
from mart.verdict
where not is_kin and p_holm between 0.01 and 0.3 and null_sd > 0
order by p_holm, target, candidate_group;
