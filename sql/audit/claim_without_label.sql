-- audit.claim_without_label: one row per claim of an attribute whose label is not known, or gives no label.
-- grain: label_id, attribute
-- level: fail
select label_id, attribute, value_text
from raw.attribute_claim as claim
where not exists (
    select 1 from raw.judge_label as label where label.label_id = claim.label_id and label.missing_reason is null
)
