-- audit.request_without_prompt: one row per request whose prompt or model is not known.
-- grain: request_id
-- level: fail
select request_id, model, prompt_id
from raw.request as request
where not exists (select 1 from raw.prompt as prompt where prompt.prompt_id = request.prompt_id)
    or not exists (select 1 from raw.model as model where model.model = request.model)
