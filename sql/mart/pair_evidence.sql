-- mart.pair_evidence: one row per target, other model, prompt and two samples: both replies side by side, with similarity.
-- grain: reply_id, reference_reply_id
-- filter: target, reference
-- Unfiltered it is every pair of replies in the warehouse.
select
    pair.target,
    pair.reference,
    prompt.prompt_set,
    prompt.prompt_key,
    prompt.prompt_text,
    pair.prefix_overlap,
    pair.max_prefix_words,
    -- shared_prefix_text: The words, at most 12, that these two replies begin with in common.
    array_to_string(
        mine.leading_words[1:shared_words(mine.leading_words, others.leading_words)], ' '
    ) as shared_prefix_text,
    -- n_unrelated_words: Leading words that the target shares with unrelated models on this prompt; null without any.
    round(exp(centred.prefix_overlap - centred.prefix_overlap_d) - 1, 6) as n_unrelated_words,
    pair.bigram_jaccard,
    pair.length_closeness,
    reply.reply_text,
    other.reply_text as reference_reply_text,
    reply.reply_id,
    other.reply_id as reference_reply_id,
    pair.prompt_id
from core.pair_prompt as pair
inner join core.prompt as prompt using (prompt_id)
inner join core.reply as reply on reply.model = pair.target and reply.prompt_id = pair.prompt_id
inner join core.reply as other on other.model = pair.reference and other.prompt_id = pair.prompt_id
left join core.reply_shape as mine on mine.reply_id = reply.reply_id
left join core.reply_shape as others on others.reply_id = other.reply_id
left join core.pair_centred as centred
    on centred.target = pair.target and centred.reference = pair.reference and centred.prompt_id = pair.prompt_id
where reply.reply_text is not null and other.reply_text is not null
