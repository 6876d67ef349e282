-- raw.search: one row per search and budget that it was given: what decides all its steps.
-- grain: search_id, budget_text
-- A larger budget carries the same search on. template_set: where the seeds come from; found templates stand in
-- raw.template under the set 'search-' and the first eight digits of search_id.
create table if not exists raw.search (
    search_id varchar not null,
    target varchar not null,
    fingerprint varchar not null,
    round varchar not null,
    template_set varchar not null,
    seed_template_ids varchar[] not null,
    -- question_ids: Questions that the search puts.
    question_ids varchar[] not null,
    judge varchar not null,
    judge_version varchar not null,
    -- score: The score that the search climbs.
    score varchar not null,
    recipe_text varchar not null,
    budget_text varchar not null,
    started_at timestamp not null
);
