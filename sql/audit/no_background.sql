-- audit.no_background: one row per target that was centred on fewer than 8 models that are documented as independent.
-- grain: target
-- level: warn
select similarity.target, coalesce(max(similarity.n_background), 0) as n_background
from mart.pair_similarity as similarity
left join mart.background as background on background.model = similarity.reference and background.role = 'independent'
group by similarity.target
having coalesce(max(similarity.n_background), 0) < 8 or count(background.model) < 8
