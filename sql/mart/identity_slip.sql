-- mart.identity_slip: one row per trial that a judge reads as a contradiction of the target's facts, with its texts.
-- grain: request_id, mode, judge
-- A foreign claim is a contradiction, also by a judge that reads for foreign claims only.
select
    trial.target,
    trial.mode,
    trial.judge,
    trial.template_key,
    trial.kind,
    trial.language,
    question.prompt_text as question_text,
    prompt.prompt_text,
    trial.is_leading,
    trial.reply_text,
    trial.evidence_text,
    trial.claimed_vendor,
    trial.claimed_model,
    trial.is_earnest,
    trial.is_foreign,
    trial.is_hard,
    trial.judge_version,
    trial.round,
    trial.sample,
    trial.request_id,
    trial.reply_id,
    trial.verdict_id,
    trial.prompt_id,
    trial.template_id,
    trial.question_id
from core.judged_trial as trial
left join core.prompt as prompt on prompt.prompt_id = trial.prompt_id
left join core.prompt as question on question.prompt_id = trial.question_id
where trial.is_contradiction or trial.is_foreign
