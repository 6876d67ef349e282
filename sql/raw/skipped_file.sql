-- raw.skipped_file: one row per file and fault for which an ingestion left the file out, when it first did.
-- grain: file, problem_text
create table if not exists raw.skipped_file (
    -- file: Path of the file, as it was given.
    file varchar not null,
    -- problem_text: What is wrong, where in the file, and the remedy (names and texts in it are from outside).
    problem_text varchar not null,
    -- source: Format of the recorded replies.
    source varchar not null,
    -- skipped_at: When it was left out (UTC).
    skipped_at timestamp not null
);
