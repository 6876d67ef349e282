-- core.reply: one row per model, prompt and sample: what counts now, under the model's present card and latest round.
-- grain: model, prompt_id, sample
select outcome.*, md5(outcome.reply_text) as text_id
from core.outcome as outcome
inner join core.model as model using (model, fingerprint)
qualify row_number() over (
    partition by outcome.model, outcome.prompt_id, outcome.sample
    order by outcome.round desc, outcome.wanted_at desc, outcome.request_id
) = 1
