-- core.prompt: one row per prompt, under the first set that brought it.
-- grain: prompt_id
select prompt_id, prompt_set, prompt_key, language, category, messages_text, prompt_text, asks, same_as
from raw.prompt
qualify row_number() over (partition by prompt_id order by registered_at, prompt_set, prompt_key) = 1
