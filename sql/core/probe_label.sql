-- core.probe_label: one row per identity probe and judge that reads probes of that mode: its label, or why none.
-- grain: request_id, mode, judge
-- stored: snapshot
-- A probe without a reply, or whose reply this judge has not read or could not, is missing: null, never false.
-- is_hard: strict, and neither template nor question had named a vendor or a model. What is stored leaves the reply's
-- text out: core.labelled_probe has it too.
with probe as materialized (
    select * exclude (reply_text, text_id)
    from core.probe
),
label as materialized (
    select *
    from core.judge_label
),
reader as (
    select distinct probe.mode, label.judge
    from probe
    inner join label using (reply_id)
)
select
    probe.*,
    reader.judge,
    label.judge_version,
    label.label_id,
    label.is_contradiction,
    label.is_foreign,
    hard(label.is_foreign, probe.is_leading) as is_hard,
    label.stance,
    label.claimed_vendor,
    label.claimed_model,
    label.is_earnest,
    label.evidence_text,
    coalesce(
        probe.missing_reason,
        label.missing_reason,
        if(label.label_id is null, 'not_judged', null)
    ) as label_missing_reason
from probe
inner join reader on reader.mode = probe.mode
left join label on label.reply_id = probe.reply_id and label.judge = reader.judge
