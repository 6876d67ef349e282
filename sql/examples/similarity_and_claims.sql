-- Which similarities are borne out by what the model says of itself when nobody was named?
select
    target,
    candidate_group,
    candidate_vendor,
    verdict,
    degree,
    hard_claims,
    hard_probes,
    round(hard_claims / hard_probes, 4) as hard_share
from mart.verdict
where not is_kin and hard_claims > 0
order by hard_share desc, degree desc nulls last, target, candidate_group;
