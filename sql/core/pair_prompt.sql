-- core.pair_prompt: one row per target, other model and prompt both answered, in both directions; samples averaged.
-- grain: target, reference, prompt_id
-- filter: target, reference
-- Formed from the replies when somebody asks for a pair; unfiltered it is every pair of replies in the warehouse.
with pair as (
    select
        mine.model as target,
        other.model as reference,
        mine.prompt_id,
        shared_words(mine.leading_words, other.leading_words) as n_prefix_words,
        least(mine.n_words, other.n_words) / nullif(greatest(mine.n_words, other.n_words), 0) as length_closeness,
        len(list_intersect(mine.word_pairs, other.word_pairs)) as n_shared,
        len(mine.word_pairs) + len(other.word_pairs) as n_pairs
    from core.reply_shape as mine
    inner join core.reply_shape as other on other.prompt_id = mine.prompt_id and other.model <> mine.model
)
select
    target,
    reference,
    prompt_id,
    count(*) as n_sample_pairs,
    -- prefix_overlap: ln(1 + identical leading words) of the replies to this prompt, samples averaged.
    avg(ln(1 + n_prefix_words)) as prefix_overlap,
    max(n_prefix_words) as max_prefix_words,
    avg(length_closeness) as length_closeness,
    avg(n_shared / nullif(n_pairs - n_shared, 0)) as bigram_jaccard
from pair
group by target, reference, prompt_id
