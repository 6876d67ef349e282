-- core.pair_opening: one row per two models and prompt whose replies share at least their first word, samples averaged.
-- grain: left_model, right_model, prompt_id
-- stored: published
-- left_model <= right_model; a model paired with itself compares its different samples. Pairs that are not here share
-- no leading word: their opening is 0 wherever core.pair_overlap has a row.
with prefix as (
    select reply_id, model, prompt_id, sample, generate_subscripts(prefix, 1) as k, unnest(prefix) as h
    from core.reply_shape
),
shared as (
    select
        l.model as left_model,
        r.model as right_model,
        l.prompt_id,
        l.reply_id as left_reply_id,
        r.reply_id as right_reply_id,
        count(*) as n_words
    from prefix as l
    inner join prefix as r
        on l.prompt_id = r.prompt_id and l.k = r.k and l.h = r.h
        and (l.model < r.model or (l.model = r.model and l.sample < r.sample))
    group by all
)
select left_model, right_model, prompt_id, round(sum(ln(1 + n_words)), 9) as opening_sum, max(n_words) as max_opening_words
from shared
group by left_model, right_model, prompt_id
