-- mart.identity_attribute: one row per target, mode, judge and attribute: how often the reply deviates.
-- grain: target, mode, judge, attribute
-- n_asking: probes with a label whose question asks for it, n_asking_stated those of them that state it; n_missing:
-- probes that ask for it and have no label. n_stated: all probes that state it, asked or not; n_known: those where
-- the card has a fact to hold it against, the denominator of deviating_share. A judge that notes deviations only, never
-- a value, leaves n_stated, n_asking_stated, n_known and the share null; one that notes nothing n_deviating, too.
-- top_deviation: the foreign vendor that deviating values point to most often, or the value where they point to none.
with claim as (
    select
        probe.target,
        probe.mode,
        probe.judge,
        claim.attribute,
        list_contains(probe.asks, claim.attribute) as is_hypothesis,
        claim.is_deviation,
        case
            when claim.vendor <> 'other' and claim.vendor <> model.vendor then claim.vendor
            else claim.value_text
        end as pointed
    from core.labelled_probe as probe
    inner join raw.attribute_claim as claim using (label_id)
    inner join core.model as model on model.model = probe.target
),
judge as (
    select label.judge, bool_or(claim.value_text is not null) as names_values
    from raw.attribute_claim as claim
    inner join raw.judge_label as label using (label_id)
    group by label.judge
),
asked as (
    select
        target,
        mode,
        judge,
        attribute,
        count(*) filter (where label_missing_reason is null) as n_asking,
        count(label_missing_reason) as n_missing
    from (select target, mode, judge, label_missing_reason, unnest(asks) as attribute from core.labelled_probe)
    group by target, mode, judge, attribute
),
stated as (
    select
        target,
        mode,
        judge,
        attribute,
        count(*) as n_stated,
        count(*) filter (where is_hypothesis) as n_asking_stated,
        count(is_deviation) as n_known,
        count(*) filter (where is_deviation) as n_deviating
    from claim
    group by target, mode, judge, attribute
),
deviation as (
    select target, mode, judge, attribute, pointed, count(*) as n
    from claim
    where is_deviation and pointed is not null
    group by target, mode, judge, attribute, pointed
    qualify row_number() over (partition by target, mode, judge, attribute order by n desc, pointed) = 1
)
select
    target,
    mode,
    judge,
    attribute,
    coalesce(asked.n_asking, 0) as n_asking,
    coalesce(asked.n_missing, 0) as n_missing,
    case when judge.names_values then coalesce(stated.n_asking_stated, 0) end as n_asking_stated,
    case when judge.names_values then coalesce(stated.n_stated, 0) end as n_stated,
    case when judge.names_values then coalesce(stated.n_known, 0) end as n_known,
    case when judge.judge is not null then coalesce(stated.n_deviating, 0) end as n_deviating,
    case when judge.names_values then round(stated.n_deviating / nullif(stated.n_known, 0), 6) end as deviating_share,
    deviation.pointed as top_deviation,
    deviation.n as n_top_deviation
from asked
full outer join stated using (target, mode, judge, attribute)
left join judge using (judge)
left join deviation using (target, mode, judge, attribute)
