-- audit.skipped_file: one row per file that an ingestion left out, as it is wrong.
-- grain: file, problem_text
-- level: warn
select file, problem_text
from raw.skipped_file
