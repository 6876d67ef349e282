-- core.pair_centred: one row per target, reference and prompt both answered: its part of the opening score D.
-- grain: target, reference, prompt_id
-- filter: target, reference
-- opening_d = opening with the reference, less the mean over vendors of the mean over the panel's models of that vendor that
-- answered the prompt; never in that panel: the target, its vendor or family, the reference's vendor. Null where nobody is
-- left in the panel.
with pair as not materialized (
    select
        pair.*,
        prompt.prompt_set,
        model.vendor as reference_vendor,
        reference.is_panel and model.family <> target_model.family and model.vendor <> target_model.vendor
            as is_in_panel
    from core.pair_prompt as pair
    inner join raw.reference as reference on reference.model = pair.reference
    inner join core.model as model on model.model = pair.reference
    inner join core.model as target_model on target_model.model = pair.target
    inner join core.prompt as prompt using (prompt_id)
),
panel_vendor as not materialized (
    select target, prompt_id, reference_vendor, avg(opening) as opening, count(*) as n
    from pair
    where is_in_panel
    group by all
),
panel as not materialized (
    select target, prompt_id, sum(opening) as opening, count(*) as n_vendors, sum(n)::bigint as n
    from panel_vendor
    group by all
)
select
    pair.target,
    pair.reference,
    pair.prompt_id,
    pair.prompt_set,
    pair.opening,
    pair.length_closeness,
    pair.bigram_jaccard,
    panel.n - coalesce(own.n, 0) as n_panel,
    pair.opening
    - (panel.opening - coalesce(own.opening, 0)) / nullif(panel.n_vendors - (own.n is not null)::int, 0) as opening_d
from pair
left join panel using (target, prompt_id)
left join panel_vendor as own using (target, prompt_id, reference_vendor)
