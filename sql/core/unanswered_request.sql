-- core.unanswered_request: one row per request that is still to be asked.
-- grain: request_id
select request_id, model, fingerprint, prompt_id, sample, round, missing_reason, error_text
from core.outcome
where not is_settled
