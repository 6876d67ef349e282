-- core.round_grade: one row per target, round, prompt, reference and judge: how alike the replies of that round were graded.
-- grain: target, round, prompt_id, reference, judge
-- filter: target, round
-- core.prompt_grade has what counts now; this keeps what counted then. Of several graded pairs of replies: their mean.
select
    reply.model as target,
    reply.round,
    reply.prompt_id,
    reference.model as reference,
    graded.judge,
    avg(graded.grade) as grade
from core.round_reply as reply
inner join core.pair_label as graded on graded.target_reply_id = reply.reply_id
inner join core.outcome as reference on reference.reply_id = graded.reference_reply_id
where graded.grade is not null and reference.model <> reply.model
group by reply.model, reply.round, reply.prompt_id, reference.model, graded.judge
