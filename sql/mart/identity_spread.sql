-- mart.identity_spread: one row per target, mode and group of questions: how far apart its embedded replies lie.
-- grain: target, mode, question_group
-- stored: snapshot
-- embedding_spread: 1 less the mean cosine over all pairs of replies, 0 where they are the same words; missing where
-- fewer than two are embedded. n_sampled: probes drawn to be embedded, the same for all targets of a bank; n_embedded:
-- those of them with a vector. No judge is needed. A question without a group is a group of its own.
with member as (
    select
        probe.target,
        probe.mode,
        probe.question_group,
        probe.request_id,
        embedding.vector::double[] as vector
    from score.probe_sample as drawn
    inner join core.probe as probe using (request_id, mode)
    left join score.embedding as embedding
        on embedding.embedder = drawn.embedder and embedding.text_id = probe.text_id
),
pair as (
    select target, mode, question_group, avg(list_inner_product(l.vector, r.vector)) as cos
    from member as l
    inner join member as r using (target, mode, question_group)
    where l.request_id < r.request_id and l.vector is not null and r.vector is not null
    group by target, mode, question_group
)
select
    target,
    mode,
    question_group,
    count(*) as n_sampled,
    count(member.vector) as n_embedded,
    round(abs(1 - any_value(pair.cos)), 6) as embedding_spread
from member
left join pair using (target, mode, question_group)
group by target, mode, question_group
