-- To which prompts do all models give nearly the same answer, whoever made them?
select
    prompt.prompt_set,
    prompt.prompt_key,
    round(overlap.between_vendors, 3) as shared_word_pairs,
    round(opening.between_vendors, 3) as opening,
    opening.n_between_vendors as n_pairs,
    left(prompt.prompt_text, 80) as prompt
from raw.prompt_channel as overlap
inner join raw.prompt_channel as opening using (prompt_id)
inner join core.prompt as prompt using (prompt_id)
where overlap.channel = 'overlap' and opening.channel = 'plain_opening' and overlap.between_vendors is not null
order by shared_word_pairs desc, prompt.prompt_set, prompt.prompt_key
limit 20;
