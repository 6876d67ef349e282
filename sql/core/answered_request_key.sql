-- core.answered_request_key: one row per question that a model's card answered: the round of its last reply.
-- grain: fingerprint, prompt_id, sampling_text, sample
-- A question is a prompt with its sampling and sample number. Refusals by a filter and empty replies are answers, too:
-- the model's side decided them.
select
    outcome.fingerprint,
    outcome.prompt_id,
    request.sampling_text,
    outcome.sample,
    arg_max(outcome.round, (outcome.replied_at, outcome.request_id)) as round
from core.outcome as outcome
inner join raw.request as request using (request_id)
where outcome.is_settled
group by all
