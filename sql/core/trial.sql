-- core.trial: one row per identity trial, in each mode: a question in a template put to a target, and its reply.
-- grain: request_id, mode
select
    trial.request_id,
    trial.mode,
    outcome.model as target,
    trial.template_id,
    known.template.template_set as template_set,
    known.template.template_key as template_key,
    known.template.kind as kind,
    coalesce(question.language, known.template.language) as language,
    trial.question_id,
    question.prompt_key as question_key,
    question.same_as,
    question.asks,
    trial.is_leading,
    outcome.sample,
    outcome.round,
    outcome.wanted_at,
    outcome.prompt_id,
    outcome.reply_id,
    outcome.reply_text,
    outcome.missing_reason
from raw.trial as trial
inner join core.outcome as outcome using (request_id)
inner join core.model as model on model.model = outcome.model and outcome.fingerprint in (model.fingerprint, 'ingested')
left join (
    select template_id, arg_min(template_row, (registered_at, template_set, template_key)) as template
    from raw.template as template_row
    group by template_id
) as known using (template_id)
left join core.prompt as question on question.prompt_id = trial.question_id
qualify row_number() over (
    partition by trial.mode, outcome.model, trial.template_id, trial.question_id, outcome.sample
    order by outcome.wanted_at desc, trial.request_id
) = 1
