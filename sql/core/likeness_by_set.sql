-- core.likeness_by_set: one row per target, reference and prompt set: sums from which mart.likeness is formed.
-- grain: target, reference, prompt_set
select
    target,
    reference,
    prompt_set,
    any_value(n) filter (where channel = 'plain_opening') as n_prompts,
    any_value(n_centred) filter (where channel = 'plain_opening') as n_centred,
    any_value(n_panel) filter (where channel = 'plain_opening') as n_panel,
    any_value(total) filter (where channel = 'plain_opening') as opening_sum,
    any_value(centred_total) filter (where channel = 'plain_opening') as opening_d_sum,
    any_value(centred_square_total) filter (where channel = 'plain_opening') as opening_d_square_sum,
    any_value(total) filter (where channel = 'length') as length_closeness_sum,
    any_value(n) filter (where channel = 'length') as n_length,
    any_value(total) filter (where channel = 'overlap') as bigram_jaccard_sum,
    any_value(n) filter (where channel = 'overlap') as n_bigram
from raw.channel_sum
where target <> reference and channel in ('plain_opening', 'length', 'overlap')
group by target, reference, prompt_set
