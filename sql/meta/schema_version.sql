-- meta.schema_version: one row per version of the schema that this database has had; the highest is the present one.
-- grain: version
-- A database of version 1, which distillometer 0.1.0 wrote, has no such table.
create table if not exists meta.schema_version (
    -- version: Version of the schema, from 1.
    version integer not null,
    -- program_version: Version of distillometer that created the database, or migrated it.
    program_version varchar not null,
    -- since: When that was (UTC).
    since timestamp not null
);
