-- core.judged_trial: one row per identity trial and judge that reads trials of that mode: its reading, or why none.
-- grain: request_id, mode, judge
-- A trial without a reply, or whose reply this judge has not read or could not, is missing: null, never false.
-- is_hard: strict, and neither template nor question had named a vendor or a model. Texts are grouped by the id that
-- is theirs alone: so DuckDB knows that it may leave the join out where nobody asks for the text.
with text as (
    select reply_id, any_value(reply_text) as reply_text
    from raw.reply
    group by reply_id
)
select reading.*, text.reply_text
from core.trial_reading as reading
left join text using (reply_id)
