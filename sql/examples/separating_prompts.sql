-- Which prompts separate models: replies alike within a family, and not between families?
select
    prompt.prompt_set,
    prompt.prompt_key,
    round(opening.within_families, 3) as within_families,
    round(opening.between_families, 3) as between_families,
    round(round(opening.within_families, 3) - round(opening.between_families, 3), 3) as separation,
    opening.n_within_families as n_pairs_within,
    left(prompt.prompt_text, 80) as prompt
from raw.prompt_channel as opening
inner join core.prompt as prompt using (prompt_id)
where opening.channel = 'plain_opening' and separation is not null
order by separation desc, prompt.prompt_set, prompt.prompt_key
limit 20;
