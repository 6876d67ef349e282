-- raw.attacker_call: one row per call to an attacker model, and step of a search for which it is to write a template.
-- grain: request_id, search_id, step
create table if not exists raw.attacker_call (
    request_id varchar not null,
    search_id varchar not null,
    step integer not null,
    registered_at timestamp not null
);
