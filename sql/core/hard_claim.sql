-- core.hard_claim: one row per target and foreign vendor that it claimed though nobody was named, by the judge that counts.
-- grain: target, claimed_vendor
-- All modes together: a vote needs a reply, not a comparison. n_probes: those that named nobody and were read.
with probe as (
    select judged.target, judged.is_hard, judged.claimed_vendor
    from core.labelled_probe as judged
    inner join core.deciding_judge as deciding using (target, mode, judge)
    where not judged.is_leading and judged.is_foreign is not null
),
total as (
    select target, count(*) as n_probes, count(*) filter (where is_hard) as n_hard
    from probe
    group by target
)
select
    probe.target,
    -- claimed_vendor: Vendor that the reply claims; none, other or unknown where it is no known vendor.
    probe.claimed_vendor,
    count(*) as n_claims,
    any_value(total.n_hard) as n_hard,
    any_value(total.n_probes) as n_probes
from probe
inner join total using (target)
where probe.is_hard and probe.claimed_vendor is not null
group by probe.target, probe.claimed_vendor
