-- On which prompt sets is a model most like another vendor's, and like whose?
select
    part.target,
    part.prompt_set,
    part.reference,
    round(part.prefix_overlap_d, 4) as prefix_overlap_d,
    round(part.bigram_jaccard, 4) as bigram_jaccard,
    round(part.length_closeness, 4) as length_closeness,
    part.n_prompts
from mart.pair_similarity_by_set as part
inner join core.model as target on target.model = part.target
inner join core.model as reference on reference.model = part.reference and reference.family <> target.family
where part.prefix_overlap_d is not null
qualify
    row_number() over (
        partition by part.target, part.prompt_set order by round(part.prefix_overlap_d, 4) desc, part.reference
    ) = 1
order by part.target, prefix_overlap_d desc, part.prompt_set;
