-- core.reply_shape: one row per reply that has a text: its words counted, its opening and its word pairs as hashes.
-- grain: reply_id
-- stored: warehouse
-- Words are runs of letters, marks, digits and apostrophes, lower-cased; scripts written without spaces count by
-- character. prefix[k] is the hash of the first k words (k <= 12): equal hashes mean k identical leading words.
with spelled as (
    select
        reply_id,
        model,
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
    from core.reply
    where reply_text is not null
)
select
    reply_id,
    model,
    prompt_id,
    sample,
    len(words) as n_words,
    list_transform(range(1, least(12, len(words)) + 1), lambda k: hash(list_slice(words, 1, k))) as prefix,
    list_distinct(list_transform(range(1, len(words)), lambda i: hash(words[i], words[i + 1]))) as bigram
from spelled
