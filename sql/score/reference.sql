-- score.reference: one row per candidate teacher in force at the last scoring; is_background: it takes part in centring.
-- grain: model
-- written by: tasks/similarity/choose_references.py
create table if not exists score.reference (
    model varchar not null,
    is_background boolean not null,
    chosen_by varchar not null
);
