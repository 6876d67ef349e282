-- Models that are new, and those of which nothing was known.
insert into raw.model by name
select staged.*
from staged_model as staged
left join core.model as known using (model)
where coalesce(known.card_text, '{}') = '{}'
    and not exists (
        select 1 from raw.model as old where old.model = staged.model and old.card_text = staged.card_text
    );
