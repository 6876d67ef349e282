-- Labels of one staged file that are new or differ; old_attempt: the last label so far, null where there is none.
select
    counting.reply_id,
    known.attempt as old_attempt,
    staged.is_contradiction,
    staged.is_foreign,
    staged.missing_reason
from staged_part as staged
inner join counting using (request_id)
left join known_label as known using (reply_id)
where known.reply_id is null
    or known.is_contradiction is distinct from staged.is_contradiction
    or known.is_foreign is distinct from staged.is_foreign
    or known.missing_reason is distinct from staged.missing_reason;
