-- core.cosine_by_set: one row per target, other model and prompt set: sums of the cosines of their replies' vectors.
-- grain: target, reference, prompt_set
with directed as (
    select left_model as target, right_model as reference, prompt_id, raw_cos, centred_cos
    from raw.cosine
    where left_model <> right_model
    union all
    select right_model as target, left_model as reference, prompt_id, raw_cos, centred_cos
    from raw.cosine
    where left_model <> right_model
)
select
    directed.target,
    directed.reference,
    prompt.prompt_set,
    count(*) as n_embedded_prompts,
    round(sum(directed.raw_cos), 9) as raw_cos_sum,
    round(sum(directed.centred_cos), 9) as centred_cos_sum,
    count(directed.centred_cos) as n_centred
from directed
inner join core.prompt as prompt using (prompt_id)
group by all
