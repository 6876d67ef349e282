-- Where do two judges read the same identity reply differently, and what does it say?
select
    l.target,
    l.judge,
    r.judge as other_judge,
    l.is_contradiction as loose,
    r.is_contradiction as other_loose,
    l.is_foreign as strict,
    r.is_foreign as other_strict,
    l.evidence_text,
    r.evidence_text as other_evidence_text,
    left(probe.reply_text, 300) as reply
from core.probe_label as l
inner join core.probe_label as r on r.request_id = l.request_id and r.mode = l.mode and r.judge > l.judge
inner join core.probe as probe on probe.request_id = l.request_id and probe.mode = l.mode
where l.is_contradiction <> r.is_contradiction or l.is_foreign <> r.is_foreign
order by l.target, l.judge, r.judge, l.request_id
limit 50;
