-- How alike are the snapshots of one maker: does a new one carry on from the last?
select model.vendor, likeness.target, likeness.reference, likeness.opening_d, likeness.opening_d_low, likeness.n_prompts
from mart.likeness as likeness
inner join core.model as model on model.model = likeness.target and model.vendor = likeness.reference_vendor
order by model.vendor, likeness.opening_d desc nulls last, likeness.target, likeness.reference;
