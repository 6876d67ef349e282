-- mart.identity_consistency: one row per target, mode, judge and group of questions that ask the same.
-- grain: target, mode, judge, question_group
-- An answer is the vendor that the speaker claims; n_unnamed: replies that claim none; n_missing: probes without a
-- label. top_vendor: the commonest, of several the first by name. entropy_bits: Shannon's, 0 where all answers agree;
-- n_vendors_effective: 2 to its power; pair_agreement: the chance that two answers, drawn without replacement, are the
-- same. All but the last depend on n: compare them at a similar n. A judge that never tells whom the speaker claims to
-- be has no row. embedding_spread stands beside what the judge read, without it: see mart.identity_spread.
with probe as (
    select
        target,
        mode,
        judge,
        question_group,
        language,
        case when is_foreign is not null then claimed_vendor end as vendor,
        is_foreign is not null as is_read
    from core.labelled_probe
    qualify bool_or(stance <> 'not_judged' or claimed_vendor is not null) over (partition by mode, judge)
),
named as (
    select target, mode, judge, question_group, vendor, count(*) as n
    from probe
    where vendor is not null
    group by all
),
total as (
    select
        target,
        mode,
        judge,
        question_group,
        count(vendor) as n_answers,
        count(*) filter (where is_read and vendor is null) as n_unnamed,
        count(*) filter (where not is_read) as n_missing,
        count(distinct language) filter (where vendor is not null) as n_languages
    from probe
    group by target, mode, judge, question_group
),
spread as (
    select
        named.target,
        named.mode,
        named.judge,
        named.question_group,
        count(*) as n_vendors,
        first(named.vendor order by named.n desc, named.vendor) as top_vendor,
        max(named.n / total.n_answers) as top_share,
        abs(sum(named.n / total.n_answers * log2(named.n / total.n_answers) order by named.n, named.vendor)) as entropy,
        sum(named.n * (named.n - 1)) / nullif(any_value(total.n_answers * (total.n_answers - 1)), 0) as pair_agreement
    from named
    inner join total using (target, mode, judge, question_group)
    group by all
)
select
    target,
    mode,
    judge,
    question_group,
    total.n_answers,
    total.n_unnamed,
    total.n_missing,
    total.n_languages,
    coalesce(spread.n_vendors, 0) as n_vendors,
    spread.top_vendor,
    round(spread.top_share, 6) as top_share,
    round(spread.entropy, 6) as entropy_bits,
    round(2 ** spread.entropy, 6) as n_vendors_effective,
    round(spread.pair_agreement, 6) as pair_agreement,
    coalesce(embedded.n_embedded, 0) as n_embedded,
    embedded.embedding_spread
from total
left join spread using (target, mode, judge, question_group)
left join mart.identity_spread as embedded using (target, mode, question_group)
