-- check.trial_without_template: one row per identity trial whose template, question or request is not known.
-- grain: request_id, mode
-- level: fail
select request_id, mode, template_id, question_id
from raw.trial as trial
where not exists (select 1 from raw.template as template where template.template_id = trial.template_id)
    or not exists (select 1 from raw.prompt as prompt where prompt.prompt_id = trial.question_id)
    or not exists (select 1 from raw.request as request where request.request_id = trial.request_id)
