-- Requests that are not here yet.
insert into raw.request by name
select request_id, model, fingerprint, prompt_id, sample, round, sampling_text, purpose, requested_at
from staged_reply as staged
anti join raw.request as old using (request_id);
