-- What is said of models and was not yet.
insert into raw.lineage by name
select *
from staged_lineage as staged
where not exists (
    select 1
    from raw.lineage as old
    where old.model = staged.model
        and old.source = staged.source
        and old.vendor is not distinct from staged.vendor
        and old.candidate_group is not distinct from staged.candidate_group
        and old.role is not distinct from staged.role
);
