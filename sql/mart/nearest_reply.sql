-- mart.nearest_reply: one row per reply and near reply of another model, with both texts and the prompt.
-- grain: neighbour_kind, reply_id, rank
-- filter: model
-- neighbour_kind within_prompt: among replies to the same prompt, by raw cosine; centred_global: among the replies to
-- all embedded prompts, by the cosine of vectors from which the prompt's mean over references was subtracted.
select
    neighbour.neighbour_kind,
    reply.model,
    near.model as neighbour_model,
    neighbour.rank,
    neighbour.cos,
    prompt.prompt_set,
    prompt.prompt_key,
    prompt.prompt_text,
    reply.reply_text,
    near_prompt.prompt_key as neighbour_prompt_key,
    near.reply_text as neighbour_reply_text,
    neighbour.reply_id,
    neighbour.neighbour_reply_id
from score.neighbour as neighbour
inner join core.reply as reply using (reply_id)
inner join core.reply as near on near.reply_id = neighbour.neighbour_reply_id
inner join core.prompt as prompt on prompt.prompt_id = reply.prompt_id
inner join core.prompt as near_prompt on near_prompt.prompt_id = near.prompt_id
