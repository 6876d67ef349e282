-- raw.run_model: one row per run and model that it asked.
-- grain: run_id, model
create table if not exists raw.run_model (
    run_id varchar not null,
    model varchar not null
);
