-- audit.reply_truncated: one row per model and prompt set of which over half the replies were cut at the token limit.
-- grain: model, prompt_set
-- level: warn
select model, prompt_set, n_truncated, n_answered
from mart.coverage
where n_truncated > n_answered / 2
