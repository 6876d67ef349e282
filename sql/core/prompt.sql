-- core.prompt: one row per prompt, under the first set that brought it.
-- grain: prompt_id
select
    prompt_id,
    arg_min(prompt_set, (registered_at, prompt_set)) as prompt_set,
    arg_min(prompt_key, (registered_at, prompt_set)) as prompt_key,
    arg_min(language, (registered_at, prompt_set)) as language,
    arg_min(category, (registered_at, prompt_set)) as category,
    any_value(messages_text) as messages_text,
    any_value(prompt_text) as prompt_text,
    any_value(asks) as asks,
    any_value(same_as) as same_as
from raw.prompt
group by prompt_id
