-- meta.relation_column: one row per column of each table and view of this database: its type, and what stands in it.
-- grain: relation, column_name
-- position: the place of the column in `select *`, from 1.
select
    schema_name || '.' || table_name as relation,
    column_index as position,
    column_name,
    data_type,
    comment
from duckdb_columns()
where
    database_name = current_database()
    and not internal
    and schema_name in ('raw', 'score', 'core', 'mart', 'audit', 'meta')
