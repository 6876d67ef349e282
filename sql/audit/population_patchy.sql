-- audit.population_patchy: one row per kernel and population whose members answered too different prompts to compare.
-- grain: kernel, population
-- level: warn
-- Members without a common prompt are left out; where members share few prompts, the similarities of pairs are means over
-- different prompts and do not fit together: more than 1 % of their spectrum had to be cut off.
select kernel, population, n_left_out, n_common_prompts, clipped_share
from mart.homogeneity
where n_left_out > 0 or clipped_share > 0.01
