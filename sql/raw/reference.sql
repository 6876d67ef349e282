-- raw.reference: one row per candidate teacher in force at the last scoring; is_panel: it takes part in centring.
-- grain: model
create table if not exists raw.reference (
    model varchar not null,
    is_panel boolean not null,
    chosen_by varchar not null
);
