-- audit.reply_without_request: one row per reply whose request is not known.
-- grain: reply_id
-- level: fail
select reply_id, request_id
from raw.reply
anti join raw.request using (request_id)
