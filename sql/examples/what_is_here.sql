-- What is in this database: which relations, what is a row of each, and by what should a large one be filtered?
select relation, kind, comment, grain, filter_by, n_columns
from meta.relation
order by array_position(['mart', 'core', 'audit', 'score', 'raw', 'meta'], schema_name), relation;
