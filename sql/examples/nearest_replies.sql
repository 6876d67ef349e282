-- Which replies are nearest to another model's? (after embedding)
select model, neighbour_model, cos, prompt_text, reply_text, neighbour_reply_text
from mart.nearest_reply
where neighbour_kind = 'within_prompt' and rank = 1
order by cos desc
limit 20;
