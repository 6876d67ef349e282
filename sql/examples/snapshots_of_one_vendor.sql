-- How alike are the snapshots of one vendor: does a new one carry on from the last?
select model.vendor, similarity.target, similarity.reference, similarity.prefix_overlap_d, similarity.prefix_overlap_d_low, similarity.n_prompts
from mart.pair_similarity as similarity
inner join core.model as model on model.model = similarity.target and model.vendor = similarity.reference_vendor
order by model.vendor, similarity.prefix_overlap_d desc nulls last, similarity.target, similarity.reference;
