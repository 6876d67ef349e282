-- mart.pair_top_prompt: one row per target, reference and prompt: the five prompts whose replies are most alike.
-- grain: target, reference, prompt_id
-- rank 1: the longest shared opening, then the largest share of common word pairs. These are the most alike prompts of
-- the pair, not typical ones. The reply ids are those of the lowest sample that has a text; the texts are in core.reply.
with shown as (
    select model, prompt_id, arg_min(reply_id, sample) as reply_id
    from core.reply
    where reply_text is not null
    group by model, prompt_id
),
top as (
    select
        pair.*,
        row_number() over (
            partition by pair.target, pair.reference
            order by pair.opening desc, pair.bigram_jaccard desc nulls last, pair.prompt_id
        ) as rank
    from core.pair_prompt as pair
    inner join raw.reference as reference on reference.model = pair.reference
    qualify rank <= 5
)
select
    top.target,
    top.reference,
    top.rank,
    top.prompt_id,
    top.opening,
    top.max_opening_words,
    top.bigram_jaccard,
    top.length_closeness,
    top.n_sample_pairs,
    reply.reply_id,
    other.reply_id as reference_reply_id
from top
inner join shown as reply on reply.model = top.target and reply.prompt_id = top.prompt_id
inner join shown as other on other.model = top.reference and other.prompt_id = top.prompt_id
