-- What each staged reply is to what counts now: the first to its request, another text, or nothing new.
-- Ids are compared before texts: equal ids are equal texts, so that only what differs is read. An emptied row takes no
-- text away. staged_reply: the staged files.
create or replace temp table present as
select outcome.request_id, outcome.reply_id as old_id
from core.outcome as outcome
semi join staged_reply using (request_id)
where outcome.reply_id is not null;

create or replace temp table differing as
select staged.request_id, present.old_id
from staged_reply as staged
inner join present using (request_id)
where staged.reply_id <> present.old_id and staged.reply_text is not null;

create or replace temp table changed as
with old as (
    select reply.reply_id as old_id, md5(reply.reply_text) as text_id
    from raw.reply as reply
    semi join differing on differing.old_id = reply.reply_id
),
new as (
    select staged.request_id, md5(staged.reply_text) as text_id
    from staged_reply as staged
    semi join differing using (request_id)
)
select differing.request_id, differing.old_id
from differing
inner join old using (old_id)
inner join new using (request_id)
where new.text_id is distinct from old.text_id;

create or replace temp table replaced (request_id varchar, reply_id varchar);
