-- raw.pair_label: one row per judge's label of two replies in one order, or the reason why it gave no grades.
-- grain: label_id
-- Grades are from 1 to 5. is_target_first is null where there is no order: the judge reads the text alone, or the two
-- texts are equal, which is 5 by construction and asked of nobody. attempt counts from 0.
create table if not exists raw.pair_label (
    label_id varchar not null,
    target_reply_id varchar not null,
    reference_reply_id varchar not null,
    judge varchar not null,
    judge_version varchar not null,
    is_target_first boolean,
    attempt integer not null,
    style_grade double,
    structure_grade double,
    content_grade double,
    n_truncated_chars bigint not null,
    note_text varchar,
    missing_reason varchar,
    judged_at timestamp not null,
    check ((style_grade is null) = (missing_reason is not null))
);
