-- To which prompts do all models give nearly the same answer, whoever made them?
select
    prompt.prompt_set,
    prompt.prompt_key,
    round(avg(pair.bigram_jaccard), 3) as shared_word_pairs,
    round(avg(pair.opening), 3) as opening,
    count(*) as n_pairs,
    left(prompt.prompt_text, 80) as prompt
from core.pair_prompt as pair
inner join core.model as l on l.model = pair.target
inner join core.model as r on r.model = pair.reference
inner join core.prompt as prompt using (prompt_id)
where pair.target < pair.reference and l.vendor <> r.vendor
group by prompt.prompt_id, prompt.prompt_set, prompt.prompt_key, prompt.prompt_text
having count(pair.bigram_jaccard) > 0
order by shared_word_pairs desc, prompt.prompt_set, prompt.prompt_key
limit 20;
