-- core.probe: one row per identity probe, in each mode: a question in a template put to a target, and its reply.
-- grain: request_id, mode
-- Of a target's banks the one that a run wanted last counts, with that run's questions: two banks are two exams.
-- template_set: out of which it was put last; the same words may stand in other sets, such as that of the search which
-- found them. Where a probe does not tell, the set that brought the template first. question_group: of questions that
-- ask the same in other words or another language; one without a group is a group of its own.
with template as (
    select
        template_id,
        template_set,
        arg_min(
            struct_pack(template_set, template_key, kind, language, registered_at), (registered_at, template_key)
        ) as known
    from raw.template
    group by template_id, template_set
),
first as (
    select template_id, arg_min(known, (known.registered_at, template_set, known.template_key)) as known
    from template
    group by template_id
)
select
    probe.request_id,
    probe.mode,
    outcome.model as target,
    probe.template_id,
    coalesce(own.known, first.known).template_set as template_set,
    coalesce(own.known, first.known).template_key as template_key,
    coalesce(own.known, first.known).kind as kind,
    coalesce(question.language, coalesce(own.known, first.known).language) as language,
    probe.question_id,
    question.prompt_key as question_key,
    question.same_as,
    coalesce(question.same_as, question.prompt_key, probe.question_id) as question_group,
    question.asks,
    probe.is_leading,
    outcome.sample,
    outcome.round,
    outcome.requested_at,
    outcome.prompt_id,
    outcome.reply_id,
    outcome.reply_text,
    md5(outcome.reply_text) as text_id,
    outcome.missing_reason
from raw.probe as probe
inner join core.outcome as outcome using (request_id)
inner join core.model as model on model.model = outcome.model and outcome.fingerprint in (model.fingerprint, 'ingested')
left join template as own on own.template_id = probe.template_id and own.template_set = probe.template_set
left join first on first.template_id = probe.template_id
left join core.prompt as question on question.prompt_id = probe.question_id
qualify row_number() over (
    partition by probe.mode, outcome.model, probe.template_id, probe.question_id, outcome.sample
    order by outcome.requested_at desc, probe.request_id, probe.registered_at desc, probe.template_set
) = 1
    and (probe.mode <> 'bank' or outcome.requested_at = max(outcome.requested_at) over (partition by probe.mode, outcome.model))
