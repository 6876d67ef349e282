-- raw.probe: one row per identity probe and template set out of which it was put: a question in a template, to a target.
-- grain: request_id, mode, template_set
-- mode: bank (the same templates and questions for every target), search (adaptive, each target its own), published
-- (recorded elsewhere). Modes are never mixed in one score. is_leading: template or question names a vendor or a model.
create table if not exists raw.probe (
    request_id varchar not null,
    mode varchar not null,
    template_id varchar not null,
    question_id varchar not null,
    is_leading boolean not null,
    registered_at timestamp not null,
    template_set varchar
);
