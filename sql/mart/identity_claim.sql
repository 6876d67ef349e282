-- mart.identity_claim: one row per target, mode, judge, stance and vendor: how often it is claimed.
-- grain: target, mode, judge, stance, claimed_vendor
-- n_probes: those that the judge has read for claims, the denominator of share; n_missing: those without a label.
-- stance: own, foreign, none, refused, or not_judged where the judge tells foreign claims from all else only.
-- claimed_vendor: `none` where nobody is claimed, `other` for a vendor that the lexicon lacks, `unknown` where the judge
-- names none. candidate_rank: 1 for the foreign vendor that is claimed most often, a candidate teacher.
with label as (
    select
        target,
        mode,
        judge,
        case when is_foreign then 'foreign' else coalesce(stance, 'not_judged') end as stance,
        claimed_vendor,
        is_foreign,
        is_hard,
        is_earnest
    from core.labelled_probe
),
total as (
    select target, mode, judge, count(is_foreign) as n_probes, count(*) - count(is_foreign) as n_missing
    from label
    group by target, mode, judge
),
claim as (
    select
        target,
        mode,
        judge,
        stance,
        coalesce(claimed_vendor, case when stance in ('none', 'refused') then 'none' else 'unknown' end)
            as claimed_vendor,
        stance = 'foreign' and coalesce(claimed_vendor not in ('other', 'unknown'), false) as is_candidate,
        count(*) as n_claims,
        count(*) filter (where is_earnest) as n_earnest,
        count(*) filter (where is_hard) as n_hard
    from label
    where is_foreign is not null
    group by all
)
select
    target,
    mode,
    judge,
    claim.stance,
    -- claimed_vendor: Vendor that the reply claims; none, other or unknown where it is no known vendor.
    claim.claimed_vendor,
    claim.stance = 'own' as is_own,
    case
        when claim.is_candidate
            then rank() over (partition by target, mode, judge, claim.is_candidate order by claim.n_claims desc)
    end as candidate_rank,
    claim.n_claims,
    claim.n_earnest,
    claim.n_hard,
    total.n_probes,
    total.n_missing,
    round(claim.n_claims / total.n_probes, 6) as share
from claim
inner join total using (target, mode, judge)
