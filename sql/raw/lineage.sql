-- raw.lineage: one row per model each time something else was said of where it comes from.
-- grain: model, source, loaded_at
-- key: model, source as of loaded_at
-- A card or a file that is loaded again and says the same adds nothing; one that says again what it said earlier does.
create table if not exists raw.lineage (
    model varchar not null,
    vendor varchar,
    candidate_group varchar,
    family varchar,
    role varchar,
    learned_from varchar[] not null,
    parent varchar,
    certainty varchar,
    base varchar,
    released varchar,
    source varchar not null,
    loaded_at timestamp not null
);
