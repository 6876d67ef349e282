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
best as (
    -- Of each pair only five prompts are held at a time: ranking them all takes memory for every pair and prompt.
    select
        pair.target,
        pair.reference,
        min(
            struct_pack(
                by_opening := -pair.opening,
                by_bigram := -coalesce(pair.bigram_jaccard, -1),
                prompt_id := pair.prompt_id,
                opening := pair.opening,
                max_opening_words := pair.max_opening_words,
                bigram_jaccard := pair.bigram_jaccard,
                length_closeness := pair.length_closeness,
                n_sample_pairs := pair.n_sample_pairs
            ),
            5
        ) as prompts
    from core.pair_prompt as pair
    inner join raw.reference as reference on reference.model = pair.reference
    group by pair.target, pair.reference
),
top as (
    select
        target,
        reference,
        generate_subscripts(prompts, 1) as rank,
        unnest(prompts, recursive := true)
    from best
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
