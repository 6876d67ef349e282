-- Who resembles whom most, outside its own family, and how sure is that?
select target, candidate_group, reference, verdict, p_target, q, degree, degree_low, degree_high, n_prompts
from mart.verdict
where not is_kin and p_target is not null
order by p_target, target, rank
limit 20;
