-- core.model_round: one row per model and round in which it was asked: what came, and under which recipes.
-- grain: model, round
-- began_at: its first reply of that round, by which rounds are in order whatever their names. fingerprint: of the card
-- that was asked last. Replies of an earlier round that a refresh policy lets stand are not counted again.
with asked as (
    select
        outcome.model,
        outcome.round,
        arg_max(outcome.fingerprint, (outcome.requested_at, outcome.request_id)) as fingerprint,
        count(*) as n_requests,
        count(*) filter (where outcome.missing_reason is null) as n_replies,
        coalesce(sum(strlen(outcome.reply_text)), 0)::bigint as n_bytes,
        min(outcome.replied_at) as began_at,
        max(outcome.replied_at) as ended_at
    from core.outcome as outcome
    where outcome.fingerprint <> 'ingested'
    group by outcome.model, outcome.round
),
recipe as (
    select by_model.model, run.round, list(distinct run.recipe_id order by run.recipe_id) as recipe_ids
    from raw.run as run
    inner join raw.run_model as by_model using (run_id)
    group by by_model.model, run.round
)
select asked.*, coalesce(recipe.recipe_ids, []) as recipe_ids
from asked
left join recipe using (model, round)
where asked.began_at is not null
