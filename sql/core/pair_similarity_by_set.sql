-- core.pair_similarity_by_set: one row per target, reference and prompt set: sums from which mart.pair_similarity is formed.
-- grain: target, reference, prompt_set
select
    target,
    reference,
    prompt_set,
    any_value(n) filter (where channel = 'prefix_overlap') as n_prompts,
    -- n_centred: Prompts with a D or a centred cosine: those that a model of the background answered, too.
    any_value(n_centred) filter (where channel = 'prefix_overlap') as n_centred,
    -- n_background: Most models that the background had on a prompt.
    any_value(n_background) filter (where channel = 'prefix_overlap') as n_background,
    any_value(total) filter (where channel = 'prefix_overlap') as prefix_overlap_sum,
    any_value(centred_total) filter (where channel = 'prefix_overlap') as prefix_overlap_d_sum,
    any_value(centred_square_total) filter (where channel = 'prefix_overlap') as prefix_overlap_d_square_sum,
    any_value(total) filter (where channel = 'length') as length_closeness_sum,
    any_value(n) filter (where channel = 'length') as n_length,
    any_value(total) filter (where channel = 'overlap') as bigram_jaccard_sum,
    any_value(n) filter (where channel = 'overlap') as n_bigram
from score.channel_sum
where target <> reference and channel in ('prefix_overlap', 'length', 'overlap')
group by target, reference, prompt_set
