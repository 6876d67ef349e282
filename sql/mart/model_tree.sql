-- mart.model_tree: one row per kernel, population and node of the average-linkage tree: 0 the root, then groups, members.
-- grain: kernel, population, node
-- height: 1 - similarity at which the members come together. support: share of draws of prompts in which exactly these
-- members form a group; null for the root and for single members, who always do. families: those of the members.
with family as (
    select
        node.kernel,
        node.population,
        node.node,
        list_sort(list(distinct model.family)) as families
    from score.tree_node as node
    cross join unnest(node.members) as part(member)
    inner join core.model as model on model.model = part.member
    where node.population <> 'families'
    group by all
)
select
    node.kernel,
    node.population,
    node.node,
    node.parent,
    round(node.height, 6) as height,
    round(node.support, 6) as support,
    len(node.members) as n_members,
    node.members,
    case when node.population = 'families' then node.members else family.families end as families
from score.tree_node as node
left join family using (kernel, population, node)
