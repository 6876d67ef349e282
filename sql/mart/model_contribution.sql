-- mart.model_contribution: one row per kernel, population and member: what it adds to the number of distinct models.
-- grain: kernel, population, member
-- contribution: vendi of all less vendi without it; about 0 for a copy of another. rank 1 adds least.
-- similarity: its mean similarity to the others.
select
    one.kernel,
    one.population,
    -- rank: 1 adds least.
    row_number() over (partition by one.kernel, one.population order by one.contribution, one.member) as rank,
    one.member,
    round(one.contribution, 6) as contribution,
    round(one.contribution_low, 6) as contribution_low,
    round(one.contribution_high, 6) as contribution_high,
    round(one.similarity, 6) as similarity,
    round(one.similarity_low, 6) as similarity_low,
    round(one.similarity_high, 6) as similarity_high,
    one.nearest,
    round(one.nearest_similarity, 6) as nearest_similarity,
    model.family,
    model.role
from score.model_contribution as one
left join core.model as model on one.population <> 'families' and model.model = one.member
