-- check.verdict_without_reply: one row per verdict whose reply is not known.
-- grain: verdict_id
-- level: fail
select verdict_id, reply_id, judge
from raw.verdict
anti join raw.reply using (reply_id)
