-- mart.round: one row per round: when it was asked, what came, and what its replies take.
-- grain: round
-- Ingested replies belong to no round. n_bytes: of the replies' texts; the file compresses them, and has more beside.
select
    round,
    min(began_at) as began_at,
    max(ended_at) as ended_at,
    -- n_models: Models that were asked.
    count(*) as n_models,
    sum(n_requests)::bigint as n_requests,
    sum(n_replies)::bigint as n_replies,
    sum(n_bytes)::bigint as n_bytes,
    list_sort(list_distinct(flatten(list(recipe_ids)))) as recipe_ids
from core.model_round
group by round
