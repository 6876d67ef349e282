-- core.trial_reading: one row per identity trial and judge that reads trials of that mode: its reading, or why none.
-- grain: request_id, mode, judge
-- stored: snapshot
-- A trial without a reply, or whose reply this judge has not read or could not, is missing: null, never false.
-- is_hard: strict, and neither template nor question had named a vendor or a model. What is stored leaves the reply's
-- text out: core.judged_trial has it too.
with trial as materialized (
    select * exclude (reply_text, text_id)
    from core.trial
),
verdict as materialized (
    select *
    from core.verdict
),
reader as (
    select distinct trial.mode, verdict.judge
    from trial
    inner join verdict using (reply_id)
)
select
    trial.*,
    reader.judge,
    verdict.judge_version,
    verdict.verdict_id,
    verdict.is_contradiction,
    verdict.is_foreign,
    if(verdict.is_foreign, not trial.is_leading, verdict.is_foreign) as is_hard,
    verdict.stance,
    verdict.claimed_vendor,
    verdict.claimed_model,
    verdict.is_earnest,
    verdict.evidence_text,
    coalesce(
        trial.missing_reason,
        verdict.missing_reason,
        if(verdict.verdict_id is null, 'not_judged', null)
    ) as verdict_missing_reason
from trial
inner join reader on reader.mode = trial.mode
left join verdict on verdict.reply_id = trial.reply_id and verdict.judge = reader.judge
