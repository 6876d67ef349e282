-- raw.prompt: one row per prompt of a set; the same words in two sets share their prompt_id.
-- grain: prompt_set, prompt_id
-- Under its first key: files of one corpus number the same prompts differently.
create table if not exists raw.prompt (
    prompt_id varchar not null,
    prompt_set varchar not null,
    prompt_key varchar not null,
    language varchar,
    category varchar,
    messages_text varchar not null,
    prompt_text varchar not null,
    asks varchar[] not null,
    same_as varchar,
    answer_text varchar,
    registered_at timestamp not null
);
