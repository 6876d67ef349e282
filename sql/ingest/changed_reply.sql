-- Replies of one staged file whose text differs from what counts now, with the id of that.
select
    staged.reply_id,
    staged.request_id,
    staged.reply_text,
    staged.missing_reason,
    null::varchar as error_text,
    null::varchar as finish_reason,
    null::bigint as prompt_tokens,
    null::bigint as completion_tokens,
    null::double as latency_ms,
    staged.n_attempts,
    staged.replied_at,
    staged.source,
    null::double as cost_usd,
    null::varchar as cost_source,
    changed.old_id
from staged_part as staged
inner join changed using (request_id);
