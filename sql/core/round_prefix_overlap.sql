-- core.round_prefix_overlap: one row per model, round, reference and prompt that both answered: how alike they begin.
-- grain: model, round, reference, prompt_id
-- filter: model, round
-- stored: unpublished
-- The reference's replies are those that count now, whatever the round: so only the model's own change is measured, and
-- another endpoint behind a reference moves nobody else. prefix_overlap_d: less the mean over vendors of the background's models that
-- answered the prompt, as in core.pair_centred.
with pair as (
    select
        mine.model,
        mine.round,
        other.model as reference,
        mine.prompt_id,
        avg(ln(1 + shared_words(mine.leading_words, other.leading_words))) as prefix_overlap,
        any_value(of_reference.vendor) as vendor,
        any_value(
            reference.is_background and of_reference.family <> of_model.family and of_reference.vendor <> of_model.vendor
        ) as is_in_background
    from core.round_shape as mine
    inner join core.reply_shape as other on other.prompt_id = mine.prompt_id and other.model <> mine.model
    inner join score.reference as reference on reference.model = other.model
    inner join core.model as of_reference on of_reference.model = other.model
    inner join core.model as of_model on of_model.model = mine.model
    group by mine.model, mine.round, other.model, mine.prompt_id
),
of_vendor as (
    select model, round, prompt_id, vendor, avg(prefix_overlap) as prefix_overlap
    from pair
    where is_in_background
    group by model, round, prompt_id, vendor
),
background as (
    select model, round, prompt_id, sum(prefix_overlap) as prefix_overlap, count(*) as n_vendors
    from of_vendor
    group by model, round, prompt_id
)
select
    pair.model,
    pair.round,
    pair.reference,
    pair.prompt_id,
    pair.prefix_overlap,
    centred(pair.prefix_overlap, background.prefix_overlap, background.n_vendors, own.prefix_overlap) as prefix_overlap_d
from pair
left join background using (model, round, prompt_id)
left join of_vendor as own using (model, round, prompt_id, vendor)
