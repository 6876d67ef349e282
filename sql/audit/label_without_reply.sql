-- audit.label_without_reply: one row per label whose reply is not known.
-- grain: label_id
-- level: fail
select label_id, reply_id, judge
from raw.judge_label
anti join raw.reply using (reply_id)
