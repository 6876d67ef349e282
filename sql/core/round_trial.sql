-- core.round_trial: one row per identity trial of a bank, round and judge: what the judge read in the reply of that round.
-- grain: target, round, template_id, question_id, sample, judge
-- filter: target, round
-- core.trial has what counts now; this keeps what counted then. Null where the judge has no reading.
select
    outcome.model as target,
    outcome.round,
    trial.template_id,
    trial.question_id,
    outcome.sample,
    verdict.judge,
    verdict.is_contradiction,
    verdict.is_foreign,
    case when verdict.is_foreign then not trial.is_leading else verdict.is_foreign end as is_hard
from raw.trial as trial
inner join core.outcome as outcome using (request_id)
inner join core.verdict as verdict using (reply_id)
where trial.mode = 'bank' and outcome.fingerprint <> 'ingested'
qualify row_number() over (
    partition by
        outcome.model, outcome.round, trial.template_id, trial.question_id, outcome.sample, verdict.judge
    order by outcome.wanted_at desc, trial.request_id, trial.template_set
) = 1
