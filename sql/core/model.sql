-- core.model: one row per registered model, with what is known of its lineage (a file outranks a card).
-- grain: model
with latest as (
    select
        model,
        arg_max(
            struct_pack(fingerprint, source, stage, weights, base_model, input_usd, output_usd, card_text),
            registered_at
        ) as card
    from raw.model
    group by model
),
known as (
    select
        model,
        arg_max(
            struct_pack(vendor, candidate_group, family, role, learned_from, parent, certainty, base, released, source),
            (source <> 'card', loaded_at)
        ) as lineage
    from raw.lineage
    group by model
)
select
    latest.model,
    card.fingerprint as fingerprint,
    card.source as source,
    card.stage as stage,
    card.weights as weights,
    card.base_model as base_model,
    card.input_usd as input_usd,
    card.output_usd as output_usd,
    card.card_text as card_text,
    coalesce(lineage.vendor, latest.model) as vendor,
    coalesce(lineage.candidate_group, latest.model) as candidate_group,
    coalesce(lineage.family, lineage.vendor, latest.model) as family,
    lineage.role as role,
    lineage.learned_from as learned_from,
    lineage.parent as parent,
    lineage.certainty as certainty,
    lineage.base as base,
    lineage.released as released,
    known.model is not null as has_lineage
from latest
left join known using (model)
