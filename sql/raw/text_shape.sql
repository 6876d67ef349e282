-- raw.text_shape: one row per text of a reply: its words counted, and the first of them.
-- grain: text_id
-- Words are runs of letters, marks, digits and apostrophes, lower-cased; scripts written without spaces count by
-- character. opening: the first 12 words. Formed once a text, at the scoring that first meets it.
create table if not exists raw.text_shape (
    text_id varchar not null,
    n_words bigint not null,
    opening varchar[] not null
);
