-- core.reply: one row per model, prompt and sample: what counts now, of the model's present card or ingested.
-- grain: model, prompt_id, sample
-- Identity probes and calls to judges are no replies to compare: they are in core.probe, core.judge_label and
-- core.pair_label; nor is what an attacker writes for a search.
select outcome.*, md5(outcome.reply_text) as text_id
from core.outcome as outcome
inner join core.model as model on model.model = outcome.model and outcome.fingerprint in (model.fingerprint, 'ingested')
where outcome.purpose = 'reply'
qualify row_number() over (
    partition by outcome.model, outcome.prompt_id, outcome.sample
    order by outcome.requested_at desc, outcome.request_id
) = 1
