-- mart.homogeneity: one row per kernel and population: how many distinct models its members write like.
-- grain: kernel, population
-- vendi: the effective number of distinct members; low, high: 95 % over prompts, for these members. vendi_of_one_model: what
-- as many samples of one model come to. least_own: the member that adds least, most_own: the one that adds most.
-- newick: the average-linkage tree; groups are labelled by their support, the way from one member to another along the
-- branches is their mean distance.
select
    home.kernel,
    home.population,
    home.n_members,
    home.n_models,
    round(home.vendi, 6) as vendi,
    round(home.vendi_low, 6) as vendi_low,
    round(home.vendi_high, 6) as vendi_high,
    round(home.vendi / home.n_members, 6) as distinct_share,
    round(home.vendi_of_one_model, 6) as vendi_of_one_model,
    round(home.vendi_bias, 6) as vendi_bias,
    round(home.mean_similarity, 6) as mean_similarity,
    round(home.mean_similarity_low, 6) as mean_similarity_low,
    round(home.mean_similarity_high, 6) as mean_similarity_high,
    arg_min(member.member, (member.contribution, member.member)) as least_own,
    arg_min(member.member, (-member.contribution, member.member)) as most_own,
    home.n_prompts,
    home.n_common_prompts,
    home.n_left_out,
    round(home.clipped_share, 6) as clipped_share,
    home.newick
from score.homogeneity as home
left join score.model_contribution as member using (kernel, population)
group by all
