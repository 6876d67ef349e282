-- mart.background: one row per reference in force at the last scoring, with what is known of it.
-- grain: model
select reference.model, reference.is_background, reference.chosen_by, model.vendor, model.candidate_group, model.role
from score.reference as reference
inner join core.model as model using (model)
