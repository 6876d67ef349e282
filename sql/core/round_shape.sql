-- core.round_shape: one row per reply of a round that has a text: its words counted, and its first words.
-- grain: model, round, prompt_id, sample
-- filter: model, round
-- Words are those of score.text_shape; core.reply_shape has the replies that count now.
select reply.model, reply.round, reply.prompt_id, reply.sample, shape.n_words, shape.leading_words
from core.round_reply as reply
inner join score.text_shape as shape on shape.text_id = reply.text_id
