-- pair_prompts(target_name, reference_name): one row per prompt that the two models answered: all that D is formed from.
-- prefix_overlap: ln(1 + leading words shared, at most 12); prefix_overlap_d: the same less the background's mean, the prompt's part of D.
select
    pair.prompt_id,
    prompt.prompt_set,
    prompt.prompt_key,
    pair.prefix_overlap,
    centred.prefix_overlap_d,
    centred.n_background,
    pair.max_prefix_words,
    pair.length_closeness,
    pair.bigram_jaccard,
    pair.n_sample_pairs,
    (
        select round(avg(list_dot_product(target.vector, reference.vector)), 9)
        from core.embedded_reply as target
        inner join core.embedded_reply as reference using (embedder, prompt_id)
        where target.model = target_name
            and reference.model = reference_name
            and target.prompt_id = pair.prompt_id
            and target.embedder in (select embedder from score.cosine_sum)
    ) as raw_cos
from core.pair_prompt as pair
inner join core.prompt as prompt using (prompt_id)
left join core.pair_centred as centred
    on centred.target = target_name and centred.reference = reference_name and centred.prompt_id = pair.prompt_id
where pair.target = target_name and pair.reference = reference_name
