-- core.labelled_probe: one row per identity probe and judge that reads probes of that mode: its label, or why none.
-- grain: request_id, mode, judge
-- A probe without a reply, or whose reply this judge has not read or could not, is missing: null, never false.
-- is_hard: strict, and neither template nor question had named a vendor or a model. Texts are grouped by the id that
-- is theirs alone: so DuckDB knows that it may leave the join out where nobody asks for the text.
with text as (
    select reply_id, any_value(reply_text) as reply_text
    from raw.reply
    group by reply_id
)
select label.*, text.reply_text
from core.probe_label as label
left join text using (reply_id)
