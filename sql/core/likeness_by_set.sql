-- core.likeness_by_set: one row per target, reference and prompt set: sums from which mart.likeness is formed.
-- grain: target, reference, prompt_set
-- stored: published
select
    target,
    reference,
    prompt_set,
    count(*) as n_prompts,
    count(opening_d) as n_centred,
    max(n_panel) as n_panel,
    round(sum(opening), 9) as opening_sum,
    round(sum(opening_d), 9) as opening_d_sum,
    round(sum(opening_d * opening_d), 9) as opening_d_square_sum,
    round(sum(length_closeness), 9) as length_closeness_sum,
    count(length_closeness) as n_length,
    round(sum(bigram_jaccard), 9) as bigram_jaccard_sum,
    count(bigram_jaccard) as n_bigram
from core.pair_centred
group by target, reference, prompt_set
