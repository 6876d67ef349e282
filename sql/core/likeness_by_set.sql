-- core.likeness_by_set: one row per target, reference and prompt set: sums from which mart.likeness is formed.
-- grain: target, reference, prompt_set
-- stored: published
-- opening_d of a prompt = opening with the reference, less its mean over the panel's models that answered the prompt;
-- never in that panel: the target, the target's family, the reference's vendor.
with pair as (
    select
        pair.*,
        prompt.prompt_set,
        model.vendor as reference_vendor,
        reference.is_panel and model.family <> target_model.family as is_in_panel
    from core.pair_prompt as pair
    inner join raw.reference as reference on reference.model = pair.reference
    inner join core.model as model on model.model = pair.reference
    inner join core.model as target_model on target_model.model = pair.target
    inner join core.prompt as prompt using (prompt_id)
),
panel_vendor as (
    select target, prompt_id, reference_vendor, sum(opening) as opening, count(*) as n
    from pair
    where is_in_panel
    group by all
),
panel as (
    select target, prompt_id, sum(opening) as opening, sum(n)::bigint as n
    from panel_vendor
    group by all
),
centred as (
    select
        pair.*,
        panel.n - coalesce(own.n, 0) as n_panel,
        pair.opening
        - (panel.opening - coalesce(own.opening, 0)) / nullif(panel.n - coalesce(own.n, 0), 0) as opening_d
    from pair
    left join panel using (target, prompt_id)
    left join panel_vendor as own using (target, prompt_id, reference_vendor)
)
select
    target,
    reference,
    prompt_set,
    count(*) as n_prompts,
    count(opening_d) as n_centred,
    max(n_panel) as n_panel,
    round(sum(opening), 9) as opening_sum,
    round(sum(opening_d), 9) as opening_d_sum,
    round(sum(opening_d * opening_d), 9) as opening_d_square_sum,
    round(sum(length_closeness), 9) as length_closeness_sum,
    count(length_closeness) as n_length,
    round(sum(bigram_jaccard), 9) as bigram_jaccard_sum,
    count(bigram_jaccard) as n_bigram
from centred
group by target, reference, prompt_set
