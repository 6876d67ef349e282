-- audit.probe_without_template: one row per identity probe whose template, question or request is not known.
-- grain: request_id, mode
-- level: fail
select request_id, mode, template_id, question_id
from raw.probe as probe
where not exists (select 1 from raw.template as template where template.template_id = probe.template_id)
    or not exists (select 1 from raw.prompt as prompt where prompt.prompt_id = probe.question_id)
    or not exists (select 1 from raw.request as request where request.request_id = probe.request_id)
