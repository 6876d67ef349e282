-- To which prompts do all models give nearly the same answer, whoever made them?
select
    prompt.prompt_set,
    prompt.prompt_key,
    round(overlap.between_vendors, 3) as shared_word_pairs,
    round(prefix_overlap.between_vendors, 3) as prefix_overlap,
    prefix_overlap.n_between_vendors as n_pairs,
    left(prompt.prompt_text, 80) as prompt
from score.prompt_channel as overlap
inner join score.prompt_channel as prefix_overlap using (prompt_id)
inner join core.prompt as prompt using (prompt_id)
where overlap.channel = 'overlap' and prefix_overlap.channel = 'prefix_overlap' and overlap.between_vendors is not null
order by shared_word_pairs desc, prompt.prompt_set, prompt.prompt_key
limit 20;
