-- core.reply_shape: one row per reply that has a text: its words counted, its first words and its pairs of words.
-- grain: reply_id
-- n_words, leading_words: see score.text_shape. word_pairs: every two words that follow each other, each pair once.
select
    reply.reply_id,
    reply.model,
    reply.prompt_id,
    reply.sample,
    reply.text_id,
    shape.n_words,
    shape.leading_words,
    list_transform(
        [
            regexp_extract_all(
                regexp_replace(
                    lower(reply.reply_text),
                    '([\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}])',
                    ' \1 ',
                    'g'
                ),
                '[\p{L}\p{M}\p{N}''’]+'
            )
        ],
        lambda words: list_distinct(list_transform(range(1, len(words)), lambda i: hash(words[i], words[i + 1])))
    -- word_pairs: Hashes of every two words that follow each other, each pair once.
    )[1] as word_pairs
from core.reply as reply
inner join score.text_shape as shape on shape.text_id = reply.text_id
