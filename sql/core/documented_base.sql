-- core.documented_base: one row per model whose parent or base is in the warehouse, too.
-- grain: model
-- A parent (fine-tuned from) outranks a base; that of a lineage or bases file outranks a card's base model (pretrained weights).
select model.model, coalesce(parent.model, trained_from.model, base.model) as base
from core.model as model
left join core.model as parent on parent.model = model.parent
left join core.model as trained_from on trained_from.model = model.base
left join core.model as base on base.model = model.base_model
where coalesce(parent.model, trained_from.model, base.model) <> model.model
