-- Deletes what only rounds before the newest `keep` need: their replies, bank probes, labels and vectors.
-- What counts now stays, whatever its round, as do calls to judges and attackers, searches and what was ingested; scores
-- and drift stay as they were computed.
create or replace temp table doomed as
with kept as (
    select round
    from mart.round
    qualify row_number() over (order by began_at desc, round desc) <= getvariable('keep')
)
select request.request_id
from raw.request as request
where request.purpose in ('reply', 'identity')
    and request.fingerprint <> 'ingested'
    and request.round not in (select round from kept)
    and request.request_id not in (select request_id from core.reply)
    and request.request_id not in (select request_id from core.probe)
    and request.request_id not in (select request_id from raw.probe where mode <> 'bank');

delete from raw.attribute_claim
where label_id in (
    select verdict.label_id
    from raw.judge_label as verdict
    inner join raw.reply as reply using (reply_id)
    where reply.request_id in (select request_id from doomed)
);

delete from raw.judge_label
where reply_id in (select reply_id from raw.reply where request_id in (select request_id from doomed));

delete from raw.probe
where request_id in (select request_id from doomed);

delete from raw.reply
where request_id in (select request_id from doomed);

delete from raw.request
where request_id in (select request_id from doomed);

delete from score.embedding
where text_id not in (select md5(reply_text) from raw.reply where reply_text is not null);
