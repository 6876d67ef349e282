-- Probes that are not here yet, and beside them which reply counts for each request and how that is labelled now.
create or replace temp table counting as
select staged.request_id, coalesce(replaced.reply_id, present.old_id, staged.reply_id) as reply_id
from staged_reply as staged
left join present using (request_id)
left join replaced using (request_id);

create or replace temp table known_label as
select label.reply_id, label.attempt, label.is_contradiction, label.is_foreign, label.missing_reason
from core.judge_label as label
semi join counting using (reply_id)
where label.judge = 'published';

insert into raw.probe by name
select request_id, mode, template_id, question_id, is_leading, registered_at, template_set
from staged_probe as staged
where not exists (
    select 1
    from raw.probe as old
    where old.request_id = staged.request_id
        and old.mode = staged.mode
        and old.template_set is not distinct from staged.template_set
);

-- A probe's reply is none to compare, also where an earlier file brought it as one.
update raw.request
set purpose = 'identity'
where purpose = 'reply' and request_id in (select request_id from staged_probe);
