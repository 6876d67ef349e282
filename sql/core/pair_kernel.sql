-- core.pair_kernel: one row per two models and prompt both answered: their likeness from 0 to 1, samples averaged.
-- grain: left_model, right_model, prompt_id
-- left_model <= right_model; a model paired with itself compares its different samples.
-- opening: shared opening over the root of the product of both models' longest possible ones, so that two equal replies
-- come to 1 however short they are. Null where a reply has no word. bigram: the Jaccard index of word pairs. Null where
-- neither reply has two words. Left joins, as others may be taken in an order that pairs whatever shares a prompt.
select
    overlap.left_model,
    overlap.right_model,
    overlap.prompt_id,
    round(
        coalesce(opening.opening_sum, 0) / overlap.n_sample_pairs / sqrt(nullif(l.reach * r.reach, 0)), 9
    ) as opening,
    overlap.bigram_jaccard as bigram
from core.pair_overlap as overlap
left join core.opening_reach as l on l.model = overlap.left_model and l.prompt_id = overlap.prompt_id
left join core.opening_reach as r on r.model = overlap.right_model and r.prompt_id = overlap.prompt_id
left join core.pair_opening as opening
    on opening.left_model = overlap.left_model
    and opening.right_model = overlap.right_model
    and opening.prompt_id = overlap.prompt_id
