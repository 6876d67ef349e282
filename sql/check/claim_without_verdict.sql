-- check.claim_without_verdict: one row per claim of an attribute whose verdict is not known, or gives no reading.
-- grain: verdict_id, attribute
-- level: fail
select verdict_id, attribute, value_text
from raw.attribute_claim as claim
where not exists (
    select 1 from raw.verdict as verdict where verdict.verdict_id = claim.verdict_id and verdict.missing_reason is null
)
