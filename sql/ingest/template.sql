-- Templates that their set does not hold yet.
insert into raw.template by name
select *
from staged_template as staged
where not exists (
    select 1
    from raw.template as old
    where old.template_id = staged.template_id
        and old.template_set = staged.template_set
        and old.template_key = staged.template_key
);
