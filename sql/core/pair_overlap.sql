-- core.pair_overlap: one row per two models and prompt both answered: length and word pairs compared, samples averaged.
-- grain: left_model, right_model, prompt_id
-- stored: published
-- left_model <= right_model; a model paired with itself compares its different samples.
with pair as (
    select
        l.model as left_model,
        r.model as right_model,
        l.prompt_id,
        l.reply_id as left_reply_id,
        r.reply_id as right_reply_id,
        least(l.n_words, r.n_words) / nullif(greatest(l.n_words, r.n_words), 0) as length_closeness,
        len(l.bigram) + len(r.bigram) as n_bigrams
    from core.reply_shape as l
    inner join core.reply_shape as r
        on l.prompt_id = r.prompt_id
        and (l.model < r.model or (l.model = r.model and l.sample < r.sample))
),
bigram as (
    select reply_id, model, prompt_id, sample, unnest(bigram) as h
    from core.reply_shape
),
shared as (
    select l.reply_id as left_reply_id, r.reply_id as right_reply_id, count(*) as n_shared
    from bigram as l
    inner join bigram as r
        on l.prompt_id = r.prompt_id and l.h = r.h
        and (l.model < r.model or (l.model = r.model and l.sample < r.sample))
    group by all
)
select
    pair.left_model,
    pair.right_model,
    pair.prompt_id,
    count(*) as n_sample_pairs,
    round(avg(pair.length_closeness), 9) as length_closeness,
    round(avg(coalesce(shared.n_shared, 0) / nullif(pair.n_bigrams - coalesce(shared.n_shared, 0), 0)), 9)
        as bigram_jaccard
from pair
left join shared using (left_reply_id, right_reply_id)
group by all
