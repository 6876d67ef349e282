-- Prompts that their set does not hold yet.
insert into raw.prompt by name
select distinct on (prompt_id, prompt_set) *
from staged_prompt as staged
where not exists (
    select 1 from raw.prompt as old where old.prompt_id = staged.prompt_id and old.prompt_set = staged.prompt_set
);
