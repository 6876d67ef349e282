-- core.reply_pair: one row per target, reference, prompt and judge that was chosen: each one's first reply to the prompt.
-- grain: target, reference, prompt_id, judge
-- The first reply is that of the lowest sample that has a text. cluster: prompts that ask the same in other words or
-- another language are one.
with answered as (
    select model, prompt_id, arg_min(reply_id, sample) as reply_id, arg_min(text_id, sample) as text_id
    from core.reply
    where reply_text is not null
    group by model, prompt_id
)
select
    chosen.target,
    chosen.reference,
    chosen.prompt_id,
    chosen.judge,
    prompt.prompt_set,
    coalesce(prompt.same_as, chosen.prompt_id) as cluster,
    target.reply_id as target_reply_id,
    reference.reply_id as reference_reply_id,
    target.text_id = reference.text_id as is_same_text,
    case
        when reference.reply_id is null then 'no_reference_reply'
        when target.reply_id is null then 'no_target_reply'
    end as missing_reason
from raw.sampled_pair as chosen
inner join core.prompt as prompt using (prompt_id)
left join answered as target on target.model = chosen.target and target.prompt_id = chosen.prompt_id
left join answered as reference on reference.model = chosen.reference and reference.prompt_id = chosen.prompt_id
