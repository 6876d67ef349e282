-- core.documented_base: one row per model whose parent or base model is in the warehouse, too.
-- grain: model
-- A parent (fine-tuned from) outranks a base model (pretrained weights).
select model.model, coalesce(parent.model, base.model) as base
from core.model as model
left join core.model as parent on parent.model = model.parent
left join core.model as base on base.model = model.base_model
where coalesce(parent.model, base.model) <> model.model
