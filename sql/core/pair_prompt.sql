-- core.pair_prompt: one row per target, other model and prompt both answered, in both directions.
-- grain: target, reference, prompt_id
with pair as (
    select
        overlap.left_model,
        overlap.right_model,
        overlap.prompt_id,
        overlap.n_sample_pairs,
        coalesce(opening.opening_sum, 0) / overlap.n_sample_pairs as opening,
        coalesce(opening.max_opening_words, 0) as max_opening_words,
        overlap.length_closeness,
        overlap.bigram_jaccard
    from core.pair_overlap as overlap
    left join core.pair_opening as opening using (left_model, right_model, prompt_id)
)
select left_model as target, right_model as reference, * exclude (left_model, right_model)
from pair
where left_model <> right_model
union all
select right_model as target, left_model as reference, * exclude (left_model, right_model)
from pair
where left_model <> right_model
