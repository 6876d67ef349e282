-- Which prompts separate models: replies alike within a family, and not between families?
select
    prompt.prompt_set,
    prompt.prompt_key,
    round(prefix_overlap.within_families, 3) as within_families,
    round(prefix_overlap.between_families, 3) as between_families,
    round(round(prefix_overlap.within_families, 3) - round(prefix_overlap.between_families, 3), 3) as separation,
    prefix_overlap.n_within_families as n_pairs_within,
    left(prompt.prompt_text, 80) as prompt
from score.prompt_channel as prefix_overlap
inner join core.prompt as prompt using (prompt_id)
where prefix_overlap.channel = 'prefix_overlap' and separation is not null
order by separation desc, prompt.prompt_set, prompt.prompt_key
limit 20;
