-- Which facts of its identity does each model get wrong, and whom do its answers point to?
select attribute.target, attribute.attribute, attribute.n_known, attribute.n_deviating, attribute.deviating_share, attribute.top_deviation
from mart.identity_attribute as attribute
inner join core.deciding_judge using (target, mode, judge)
where attribute.n_deviating > 0
order by attribute.deviating_share desc nulls last, attribute.target, attribute.attribute;
