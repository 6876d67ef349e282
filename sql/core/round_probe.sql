-- core.round_probe: one row per identity probe of a bank, round and judge: what the judge read in the reply of that round.
-- grain: target, round, template_id, question_id, sample, judge
-- filter: target, round
-- core.probe has what counts now; this keeps what counted then. Null where the judge has no label.
select
    outcome.model as target,
    outcome.round,
    probe.template_id,
    probe.question_id,
    outcome.sample,
    label.judge,
    label.is_contradiction,
    label.is_foreign,
    hard(label.is_foreign, probe.is_leading) as is_hard
from raw.probe as probe
inner join core.outcome as outcome using (request_id)
inner join core.judge_label as label using (reply_id)
where probe.mode = 'bank' and outcome.fingerprint <> 'ingested'
qualify row_number() over (
    partition by
        outcome.model, outcome.round, probe.template_id, probe.question_id, outcome.sample, label.judge
    order by outcome.requested_at desc, probe.request_id, probe.template_set
) = 1
