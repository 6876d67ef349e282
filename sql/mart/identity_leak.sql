-- mart.identity_leak: one row per probe that a judge reads as a contradiction of the target's facts, with its texts.
-- grain: request_id, mode, judge
-- A foreign claim is a contradiction, also by a judge that reads for foreign claims only.
select
    probe.target,
    probe.mode,
    probe.judge,
    probe.template_key,
    probe.kind,
    probe.language,
    question.prompt_text as question_text,
    prompt.prompt_text,
    probe.is_leading,
    probe.reply_text,
    probe.evidence_text,
    probe.claimed_vendor,
    probe.claimed_model,
    probe.is_earnest,
    probe.is_foreign,
    probe.is_hard,
    probe.judge_version,
    probe.round,
    probe.sample,
    probe.request_id,
    probe.reply_id,
    probe.label_id,
    probe.prompt_id,
    probe.template_id,
    probe.question_id
from core.labelled_probe as probe
left join core.prompt as prompt on prompt.prompt_id = probe.prompt_id
left join core.prompt as question on question.prompt_id = probe.question_id
where probe.is_contradiction or probe.is_foreign
