-- score.text_shape: one row per text of a reply: its words counted, and the first of them.
-- grain: text_id
-- written by: tasks/adapters/warehouse/pair_sums.py
-- kept: a text's words stay what they are; they are counted at the scoring that first meets it.
-- Words are runs of letters, marks, digits and apostrophes, lower-cased; scripts written without spaces count by
-- character. leading_words: the first 12 words.
create table if not exists score.text_shape (
    text_id varchar not null,
    n_words bigint not null,
    leading_words varchar[] not null
);
