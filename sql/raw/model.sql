-- raw.model: one row per model and fingerprint, each time its card was registered with other content.
-- grain: model, fingerprint, card_text
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
