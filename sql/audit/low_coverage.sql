-- audit.low_coverage: one row per model and prompt set of which under 95 % was answered.
-- grain: model, prompt_set
-- level: warn
select model, prompt_set, n_missing, coverage, missing_reasons
from mart.coverage
where coverage < 0.95
