-- mart.nearest_vote: one row per target and reference: the share of the target's embedded replies that it is nearest to.
-- grain: target, reference
with vote as (
    select target, reference, count(*) as n_nearest
    from core.nearest_reference_reply
    group by target, reference
),
total as (
    select target, sum(n_nearest)::bigint as n_replies
    from vote
    group by target
)
select
    total.target,
    reference.model as reference,
    coalesce(vote.n_nearest, 0) as n_nearest,
    total.n_replies,
    coalesce(vote.n_nearest, 0) / total.n_replies as nearest_share
from total
inner join raw.reference as reference on reference.model <> total.target
left join vote on vote.target = total.target and vote.reference = reference.model
