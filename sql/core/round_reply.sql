-- core.round_reply: one row per model, round, prompt and sample that was asked: what counts there, answered or not.
-- grain: model, round, prompt_id, sample
-- filter: model, round
-- core.reply has what counts now; this keeps what counted then, of whichever card. Identity probes and what is asked of
-- judges and attackers are not here, nor is what was ingested. temperature: as it was sent, null for the endpoint's own.
select
    outcome.model,
    outcome.round,
    outcome.prompt_id,
    outcome.sample,
    request.sampling_text,
    (request.sampling_text ->> '$.temperature')::double as temperature,
    outcome.fingerprint,
    outcome.reply_id,
    outcome.reply_text,
    md5(outcome.reply_text) as text_id,
    outcome.missing_reason,
    outcome.replied_at
from core.outcome as outcome
inner join raw.request as request using (request_id)
where outcome.fingerprint <> 'ingested'
    and outcome.purpose = 'reply'
qualify row_number() over (
    partition by outcome.model, outcome.round, outcome.prompt_id, outcome.sample
    order by outcome.requested_at desc, outcome.request_id
) = 1
