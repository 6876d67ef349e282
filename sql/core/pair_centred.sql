-- core.pair_centred: one row per target, reference and prompt both answered: its part of the prefix_overlap score D.
-- grain: target, reference, prompt_id
-- filter: target, reference
-- prefix_overlap_d = prefix_overlap with the reference, less the mean over vendors of the mean over the background's models of that vendor that
-- answered the prompt; never in that background: the target, its vendor or family, the reference's vendor. Null where nobody is
-- left in the background.
with pair as not materialized (
    select
        pair.*,
        prompt.prompt_set,
        model.vendor as reference_vendor,
        reference.is_background and model.family <> target_model.family and model.vendor <> target_model.vendor
            as is_in_background
    from core.pair_prompt as pair
    inner join score.reference as reference on reference.model = pair.reference
    inner join core.model as model on model.model = pair.reference
    inner join core.model as target_model on target_model.model = pair.target
    inner join core.prompt as prompt using (prompt_id)
),
background_vendor as not materialized (
    select target, prompt_id, reference_vendor, avg(prefix_overlap) as prefix_overlap, count(*) as n
    from pair
    where is_in_background
    group by all
),
background as not materialized (
    select target, prompt_id, sum(prefix_overlap) as prefix_overlap, count(*) as n_vendors, sum(n)::bigint as n
    from background_vendor
    group by all
)
select
    pair.target,
    pair.reference,
    pair.prompt_id,
    pair.prompt_set,
    pair.prefix_overlap,
    pair.length_closeness,
    pair.bigram_jaccard,
    -- n_background: Models of the background that answered this prompt, without the target's family and the reference's vendor.
    background.n - coalesce(own.n, 0) as n_background,
    -- prefix_overlap_d: This prompt's part of the prefix_overlap score D; null where nobody is left in the background.
    centred(pair.prefix_overlap, background.prefix_overlap, background.n_vendors, own.prefix_overlap) as prefix_overlap_d
from pair
left join background using (target, prompt_id)
left join background_vendor as own using (target, prompt_id, reference_vendor)
