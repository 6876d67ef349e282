-- meta.relation_column: one row per column of each table and view of this database: its type, and what stands in it.
-- grain: relation, column_name
-- position: the place of the column in `select *`, from 1.
select
    schema_name || '.' || table_name as relation,
    -- position: Place of the column in `select *`, from 1.
    column_index as position,
    -- column_name: Name of the column.
    column_name,
    -- data_type: Its DuckDB type.
    data_type,
    -- comment: What stands in the column.
    comment
from duckdb_columns()
where
    database_name = current_database()
    and not internal
    and schema_name in ('raw', 'score', 'core', 'mart', 'audit', 'meta')
