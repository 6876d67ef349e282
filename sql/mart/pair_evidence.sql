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
where reply.reply_text is not null and other.reply_text is not null
