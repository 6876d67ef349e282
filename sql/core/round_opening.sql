-- core.round_opening: one row per model, round, reference and prompt that both answered: how alike they begin.
-- grain: model, round, reference, prompt_id
-- filter: model, round
-- stored: unpublished
-- The reference's replies are those that count now, whatever the round: so only the model's own change is measured, and
-- another endpoint behind a reference moves nobody else. opening_d: less the mean over vendors of the panel's models that
-- answered the prompt, as in core.pair_centred.
with pair as (
    select
        mine.model,
        mine.round,
        other.model as reference,
        mine.prompt_id,
        avg(
            ln(
                1
                + case
                    when mine.opening[1] = other.opening[1]
                        then len(
                            list_filter(
                                range(1, 1 + least(len(mine.opening), len(other.opening))),
                                lambda k: mine.opening[1:k] = other.opening[1:k]
                            )
                        )
                    else 0
                end
            )
        ) as opening,
        any_value(of_reference.vendor) as vendor,
        any_value(
            reference.is_panel and of_reference.family <> of_model.family and of_reference.vendor <> of_model.vendor
        ) as is_in_panel
    from core.round_shape as mine
    inner join core.reply_shape as other on other.prompt_id = mine.prompt_id and other.model <> mine.model
    inner join raw.reference as reference on reference.model = other.model
    inner join core.model as of_reference on of_reference.model = other.model
    inner join core.model as of_model on of_model.model = mine.model
    group by mine.model, mine.round, other.model, mine.prompt_id
),
of_vendor as (
    select model, round, prompt_id, vendor, avg(opening) as opening
    from pair
    where is_in_panel
    group by model, round, prompt_id, vendor
),
panel as (
    select model, round, prompt_id, sum(opening) as opening, count(*) as n_vendors
    from of_vendor
    group by model, round, prompt_id
)
select
    pair.model,
    pair.round,
    pair.reference,
    pair.prompt_id,
    pair.opening,
    pair.opening
    - (panel.opening - coalesce(own.opening, 0)) / nullif(panel.n_vendors - (own.opening is not null)::int, 0) as opening_d
from pair
left join panel using (model, round, prompt_id)
left join of_vendor as own using (model, round, prompt_id, vendor)
