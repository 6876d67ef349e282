-- core.round_opening: one row per model, round, reference and prompt that both answered: how alike they begin.
-- grain: model, round, reference, prompt_id
-- filter: model, round
-- stored: unpublished
-- The reference's replies are those that count now, whatever the round: so only the model's own change is measured, and
-- another endpoint behind a reference moves nobody else. opening_d: less the mean over the panel's models that answered
-- the prompt, as in core.pair_centred.
with pair as (
    select
        mine.model,
        mine.round,
        other.model as reference,
        mine.prompt_id,
        avg(ln(1 + len(list_intersect(mine.prefix, other.prefix)))) as opening,
        any_value(of_reference.vendor) as vendor,
        any_value(reference.is_panel and of_reference.family <> of_model.family) as is_in_panel
    from core.round_shape as mine
    inner join core.reply_shape as other on other.prompt_id = mine.prompt_id and other.model <> mine.model
    inner join raw.reference as reference on reference.model = other.model
    inner join core.model as of_reference on of_reference.model = other.model
    inner join core.model as of_model on of_model.model = mine.model
    group by mine.model, mine.round, other.model, mine.prompt_id
)
select
    model,
    round,
    reference,
    prompt_id,
    opening,
    opening - (
        sum(case when is_in_panel then opening else 0 end) over everyone - sum(case when is_in_panel then opening else 0 end) over own
    ) / nullif(count_if(is_in_panel) over everyone - count_if(is_in_panel) over own, 0) as opening_d
from pair
window
    everyone as (partition by model, round, prompt_id),
    own as (partition by model, round, prompt_id, vendor)
