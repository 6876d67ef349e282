-- Whom do targets claim to come from, and which foreign vendor most often? (by the judge that counts)
select claim.target, claim.mode, claim.stance, claim.claimed_vendor, claim.n_claims, claim.n_probes, claim.share
from mart.identity_claim as claim
inner join core.deciding_judge using (target, mode, judge)
order by claim.target, claim.mode, claim.candidate_rank nulls last, claim.n_claims desc, claim.stance;
