-- Which prompts separate models: replies alike within a family, and not between families?
select
    prompt.prompt_set,
    prompt.prompt_key,
    round(avg(pair.opening) filter (where l.family = r.family), 3) as within_families,
    round(avg(pair.opening) filter (where l.family <> r.family), 3) as between_families,
    round(within_families - between_families, 3) as separation,
    count(*) filter (where l.family = r.family) as n_pairs_within,
    left(prompt.prompt_text, 80) as prompt
from core.pair_prompt as pair
inner join core.model as l on l.model = pair.target
inner join core.model as r on r.model = pair.reference
inner join core.prompt as prompt using (prompt_id)
where pair.target < pair.reference
group by prompt.prompt_id, prompt.prompt_set, prompt.prompt_key, prompt.prompt_text
having separation is not null
order by separation desc, prompt.prompt_set, prompt.prompt_key
limit 20;
