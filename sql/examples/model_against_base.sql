-- Is my tuned model nearer to a teacher than its own base is? (excess above 0 with its whole interval: it is)
select target, base, reference, target_d, base_d, excess, excess_low, excess_high, n_prompts
from mart.base_excess
where excess_low > 0 and reference <> base
order by excess desc, target, reference
limit 20;
