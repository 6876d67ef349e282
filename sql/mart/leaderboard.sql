-- mart.leaderboard: one row per target: the group it is nearest to, and the nearest of another family.
-- grain: target
-- A target that is nearer to no reference than to the panel (D at most 0) has no nearest group.
with nearest as (
    select *
    from mart.nearest_group
    where rank = 1 and coalesce(opening_d, opening) > 0
),
foreign_group as (
    select *
    from mart.nearest_group
    where not is_same_family
    qualify row_number() over (partition by target order by rank) = 1 and coalesce(opening_d, opening) > 0
),
second as (
    select target, opening_d, opening
    from mart.nearest_group
    where rank = 2
),
asked as (
    select model, count(*) as n_asked, count(reply_text) as n_answered
    from core.reply
    group by model
)
select
    row_number() over (order by foreign_group.opening_d desc nulls last, model.model) as position,
    model.model as target,
    model.vendor,
    model.role,
    nearest.candidate_group as nearest_group,
    nearest.reference as nearest_reference,
    nearest.opening_d,
    nearest.opening_d_low,
    nearest.opening_d_high,
    round(
        case
            when nearest.opening_d is null then nearest.opening - second.opening
            else nearest.opening_d - second.opening_d
        end,
        6
    ) as margin,
    nearest.is_same_family as is_own_family,
    foreign_group.candidate_group as foreign_group,
    foreign_group.opening_d as foreign_opening_d,
    foreign_group.opening_d_low as foreign_opening_d_low,
    foreign_group.opening_d_high as foreign_opening_d_high,
    nearest.nearest_share,
    nearest.centred_cos,
    nearest.raw_cos,
    nearest.bigram_jaccard,
    nearest.length_closeness,
    nearest.n_prompts,
    nearest.n_panel,
    asked.n_asked - asked.n_answered as n_missing,
    round(asked.n_answered / asked.n_asked, 6) as coverage
from core.model as model
inner join asked using (model)
left join nearest on nearest.target = model.model
left join foreign_group on foreign_group.target = model.model
left join second on second.target = model.model
