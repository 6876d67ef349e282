-- core.round_shape: one row per reply of a round that has a text: its words counted, its opening as hashes.
-- grain: model, round, prompt_id, sample
-- filter: model, round
-- Words and hashes are those of core.reply_shape, which has the replies that count now.
with spelled as (
    select
        model,
        round,
        prompt_id,
        sample,
        regexp_extract_all(
            regexp_replace(
                lower(reply_text),
                '([\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}])',
                ' \1 ',
                'g'
            ),
            '[\p{L}\p{M}\p{N}''’]+'
        ) as words
    from core.round_reply
    where reply_text is not null
)
select
    model,
    round,
    prompt_id,
    sample,
    len(words) as n_words,
    list_transform(range(1, least(12, len(words)) + 1), lambda k: hash(list_slice(words, 1, k))) as prefix
from spelled
