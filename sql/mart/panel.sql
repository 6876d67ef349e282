-- mart.panel: one row per reference in force at the last scoring, with what is known of it.
-- grain: model
select reference.model, reference.is_panel, reference.chosen_by, model.vendor, model.candidate_group, model.role
from raw.reference as reference
inner join core.model as model using (model)
