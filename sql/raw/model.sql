-- raw.model: one row per model each time a run or a file registered another card of it; the latest counts.
-- grain: model, registered_at
-- key: model as of registered_at
-- A card that is registered again unchanged adds nothing; a return to an earlier one does.
create table if not exists raw.model (
    model varchar not null,
    fingerprint varchar not null,
    source varchar not null,
    stage varchar,
    weights varchar,
    base_model varchar,
    input_usd double,
    output_usd double,
    card_text varchar not null,
    registered_at timestamp not null
);
