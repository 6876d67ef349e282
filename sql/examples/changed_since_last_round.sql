-- What changed since the last round: which models answer the same prompts in other words, or not at all?
with reply as (
    select outcome.model, outcome.round, outcome.prompt_id, outcome.sample, outcome.reply_text, outcome.fingerprint
    from core.outcome as outcome
    where
        outcome.purpose = 'reply'
    qualify
        row_number() over (
            partition by outcome.model, outcome.round, outcome.prompt_id, outcome.sample
            order by outcome.requested_at desc, outcome.request_id
        ) = 1
),
round as (
    select model, round, lead(round) over (partition by model order by round) as next_round
    from (select distinct model, round from reply)
    qualify row_number() over (partition by model order by round desc) = 2
)
select
    round.model,
    round.round as last_round,
    round.next_round as this_round,
    count(*) as n_in_both,
    bool_or(l.fingerprint <> r.fingerprint) as has_other_card,
    count(*) filter (where l.reply_text = r.reply_text) as n_same_words,
    count(*) filter (where l.reply_text <> r.reply_text) as n_other_words,
    round(median(len(r.reply_text)) / median(len(l.reply_text)), 3) as length_ratio,
    count(*) filter (where l.reply_text is not null and r.reply_text is null) as n_now_missing,
    count(*) filter (where l.reply_text is null and r.reply_text is not null) as n_now_there
from round
inner join reply as l on l.model = round.model and l.round = round.round
inner join reply as r
    on r.model = round.model and r.round = round.next_round and r.prompt_id = l.prompt_id and r.sample = l.sample
group by round.model, round.round, round.next_round
order by n_other_words / count(*) desc, round.model;
