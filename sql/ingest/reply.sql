-- The first replies to their requests.
insert into raw.reply by name
select reply_id, request_id, reply_text, missing_reason, n_attempts, replied_at, source
from staged_reply as staged
anti join present using (request_id)
anti join raw.reply as old using (reply_id);
