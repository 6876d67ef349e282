-- core.nearest_reference_reply: one row per embedded reply and kind of index: the nearest reply of a reference.
-- grain: neighbour_kind, reply_id
select
    neighbour.neighbour_kind,
    neighbour.reply_id,
    reply.model as target,
    near.model as reference,
    reply.prompt_id,
    neighbour.neighbour_reply_id,
    neighbour.cos
from score.neighbour as neighbour
inner join core.reply as reply using (reply_id)
inner join core.reply as near on near.reply_id = neighbour.neighbour_reply_id
inner join score.reference as reference on reference.model = near.model
qualify row_number() over (partition by neighbour.neighbour_kind, neighbour.reply_id order by neighbour.rank) = 1
