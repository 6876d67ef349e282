-- core.nearest_vote: one row per index, target and reference: the share of the target's replies it is nearest to.
-- grain: neighbour_kind, target, reference
-- within_prompt: nearest among replies to the same prompt. centred_global: nearest among the replies to all prompts
-- after each prompt's mean was subtracted; n_replies then counts the replies with a reference among their ten nearest.
with vote as (
    select neighbour_kind, target, reference, count(*) as n_nearest
    from core.nearest_reference_reply
    group by all
),
total as (
    select neighbour_kind, target, sum(n_nearest)::bigint as n_replies
    from vote
    group by all
)
select
    total.neighbour_kind,
    total.target,
    reference.model as reference,
    coalesce(vote.n_nearest, 0) as n_nearest,
    -- n_replies: Replies that were voted on.
    total.n_replies,
    coalesce(vote.n_nearest, 0) / total.n_replies as nearest_share
from total
inner join score.reference as reference on reference.model <> total.target
left join vote
    on vote.neighbour_kind = total.neighbour_kind
    and vote.target = total.target
    and vote.reference = reference.model
