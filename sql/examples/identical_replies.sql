-- Which replies are word for word the same across vendors? (a model and the base it is documented to be tuned from aside)
select l.model, r.model as other_model, count(*) as n_identical
from core.reply as l
inner join core.reply as r on l.prompt_id = r.prompt_id and l.text_id = r.text_id and l.model < r.model
inner join core.model as lm on lm.model = l.model
inner join core.model as rm on rm.model = r.model and rm.vendor <> lm.vendor
left join core.documented_base as lb on lb.model = l.model and lb.base = r.model
left join core.documented_base as rb on rb.model = r.model and rb.base = l.model
where lb.model is null and rb.model is null
group by all
order by n_identical desc, l.model, r.model;
