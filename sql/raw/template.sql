-- raw.template: one row per template of a set, or found by a search; the same words have the same template_id.
-- grain: template_set, template_key, template_id
-- is_leading: the text itself names a vendor or a model.
create table if not exists raw.template (
    template_id varchar not null,
    template_set varchar not null,
    template_key varchar not null,
    language varchar,
    -- kind: Kind of template, such as plain, role_play or quiz.
    kind varchar,
    template_text varchar not null,
    is_leading boolean not null,
    registered_at timestamp not null
);
