-- core.opening_reach: one row per model and prompt it answered: the opening of its replies with themselves.
-- grain: model, prompt_id
-- stored: published
-- ln(1 + words), words at most 12 as in core.reply_shape, samples averaged: what two equal replies of that length share.
select model, prompt_id, round(avg(ln(1 + least(n_words, 12))), 9) as reach
from core.reply_shape
group by model, prompt_id
