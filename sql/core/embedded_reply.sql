-- core.embedded_reply: one row per embedder and reply with a vector, to prompts of which every reply has one.
-- grain: embedder, reply_id
with wanted as (
    select prompt_id, count(*) as n_texts
    from core.reply
    where reply_text is not null
    group by prompt_id
)
select embedding.embedder, reply.reply_id, reply.model, reply.prompt_id, reply.sample, embedding.vector
from core.reply as reply
inner join score.embedding as embedding using (text_id)
inner join wanted using (prompt_id)
qualify count(*) over (partition by embedding.embedder, reply.prompt_id) = wanted.n_texts
