-- What do the replies say that make the strongest verdicts? (of the surest pairs the three most telling prompts)
with surest as materialized (
    select target, reference, degree
    from mart.verdict
    where not is_kin and is_positive
    order by p_target, degree desc, target, reference
    limit 5
),
part as materialized (
    select surest.target, surest.reference, surest.degree, centred.prompt_id, centred.prefix_overlap_d
    from surest
    inner join core.pair_centred as centred using (target, reference)
    qualify
        row_number() over (
            partition by surest.target, surest.reference order by centred.prefix_overlap_d desc nulls last, centred.prompt_id
        ) <= 3
),
first_reply as (
    select reply.model, reply.prompt_id, arg_min(reply.reply_id, reply.sample) as reply_id
    from core.reply as reply
    where reply.prompt_id in (select prompt_id from part) and reply.missing_reason is null
    group by reply.model, reply.prompt_id
)
select
    part.target,
    part.reference,
    round(part.prefix_overlap_d, 3) as prefix_overlap_d,
    prompt.prompt_text,
    left(target.reply_text, 200) as target_begins,
    left(reference.reply_text, 200) as reference_begins
from part
inner join core.prompt as prompt using (prompt_id)
inner join first_reply as l on l.model = part.target and l.prompt_id = part.prompt_id
inner join first_reply as r on r.model = part.reference and r.prompt_id = part.prompt_id
inner join raw.reply as target on target.reply_id = l.reply_id
inner join raw.reply as reference on reference.reply_id = r.reply_id
order by part.degree desc, part.target, part.reference, part.prefix_overlap_d desc, part.prompt_id;
