-- raw.run: one row per thing that happened to a run (started, completed), when it first did.
-- grain: run_id, event
-- A run that is started again is the same run: the same plan, models and round.
create table if not exists raw.run (
    run_id varchar not null,
    event varchar not null,
    plan varchar not null,
    round varchar not null,
    recipe_id varchar not null,
    plan_text varchar not null,
    version varchar not null,
    happened_at timestamp not null
);
