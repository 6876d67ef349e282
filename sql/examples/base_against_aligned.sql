-- Do base models contradict their identity more often than aligned ones of their family, and open weights more than closed?
select dimension, value, stage, score, n_targets, n_missing, mean_value
from mart.identity_by_group
order by dimension, value, score, stage;
