-- Who resembles whom most, outside its own family, and how sure is that?
select target, candidate_group, reference, verdict, degree, degree_low, degree_high, prefix_overlap_d, p_t, n_prompts
from mart.verdict
where not is_kin and degree is not null
order by degree desc, target, candidate_group
limit 20;
