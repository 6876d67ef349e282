-- core.prefix_overlap_ceiling: one row per model: its prefix_overlap with itself if all its replies to a prompt were the same.
-- grain: model
-- stored: published
-- The mean over prompts, then replies, of ln(1 + words that count), of which there are at most 12.
with prompt as (
    select model, prompt_id, avg(ln(1 + len(leading_words))) as longest
    from core.reply_shape
    group by model, prompt_id
)
select model, round(avg(longest), 9) as identical_prefix_overlap, count(*) as n_prompts
from prompt
group by model
