-- audit.reply_in_another_script: one row per model that often answers in another script than the prompt is written in.
-- grain: model
-- level: warn
-- stored: snapshot
-- Models that fall back to English resemble each other for that alone, whoever taught them: a similarity between two of them
-- is no sign of lineage. Only replies that have letters count; above one in ten is often.
with script as (
    select unnest(
        [
            {'script': 'Japanese', 'pattern': '[\p{Hiragana}\p{Katakana}]'},
            {'script': 'Korean', 'pattern': '\p{Hangul}'},
            {'script': 'Cyrillic', 'pattern': '\p{Cyrillic}'},
            {'script': 'Arabic', 'pattern': '\p{Arabic}'},
            {'script': 'Greek', 'pattern': '\p{Greek}'},
            {'script': 'Devanagari', 'pattern': '\p{Devanagari}'},
            {'script': 'Thai', 'pattern': '\p{Thai}'},
            {'script': 'Han', 'pattern': '\p{Han}'},
            {'script': 'Latin', 'pattern': '\p{Latin}'}
        ],
        recursive := true
    )
),
prompt as (
    select prompt.prompt_id, script.pattern
    from core.prompt as prompt
    inner join script on regexp_matches(prompt.prompt_text, script.pattern)
    qualify row_number() over (
        partition by prompt.prompt_id
        order by list_position(['Japanese', 'Korean', 'Cyrillic', 'Arabic', 'Greek', 'Devanagari', 'Thai', 'Han', 'Latin'], script.script)
    ) = 1
)
select
    reply.model,
    count(*) as n_replies,
    count(*) filter (where not regexp_matches(reply.reply_text, prompt.pattern)) as n_in_another_script
from core.reply as reply
inner join prompt using (prompt_id)
where regexp_matches(reply.reply_text, '\p{L}')
group by reply.model
having n_in_another_script > 0.1 * n_replies
