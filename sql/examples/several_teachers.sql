-- Which models share lineage with several vendors' models at once, and which?
select target, count(*) as n_groups, string_agg(candidate_group, ', ' order by rank) as candidate_groups
from mart.verdict
where not is_kin and is_positive
group by target
having count(*) > 1
order by n_groups desc, target;
