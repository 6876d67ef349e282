-- core.reply: one row per model, prompt and sample: what counts now, of the model's present card or ingested.
-- grain: model, prompt_id, sample
-- Identity trials and calls to judges are no replies to compare: they are in core.trial, core.verdict and
-- core.pair_reading; nor is what a helper writes for a search.
select outcome.*, md5(outcome.reply_text) as text_id
from core.outcome as outcome
inner join core.model as model on model.model = outcome.model and outcome.fingerprint in (model.fingerprint, 'ingested')
where not exists (select 1 from raw.trial as trial where trial.request_id = outcome.request_id)
    and not exists (select 1 from raw.judging as judging where judging.request_id = outcome.request_id)
    and not exists (select 1 from raw.pair_judging as paired where paired.request_id = outcome.request_id)
    and not exists (select 1 from raw.helper_call as helped where helped.request_id = outcome.request_id)
qualify row_number() over (
    partition by outcome.model, outcome.prompt_id, outcome.sample
    order by outcome.wanted_at desc, outcome.request_id
) = 1
