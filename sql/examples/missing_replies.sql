-- What is missing, and why: which models or prompt sets have replies that never came, or were cut?
select model, prompt_set, n_requests, n_missing, round(1 - coverage, 4) as missing_share, missing_reasons, n_truncated
from mart.coverage
where n_missing > 0 or n_truncated > 0
order by missing_share desc, n_truncated desc, model, prompt_set;
