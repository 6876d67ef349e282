-- meta.relation: one row per table and view of this database: what a row of it is, what tells rows apart, and more.
-- grain: relation
-- Schemas: mart is what people read, core what it is formed from, raw the facts as they happened, score what a scoring
-- computed from them and computes again, audit the rows that should not be, meta what is
-- here and of which version. It begins with the eight to start from. filter_by: columns to filter by, as it is too large to read whole. Of an attached file: after USE it.
with known as (
    select schema_name, table_name as name, 'table' as kind, comment
    from duckdb_tables()
    where database_name = current_database() and not internal
    union all
    select schema_name, view_name as name, 'view' as kind, comment
    from duckdb_views()
    where database_name = current_database() and not internal
),
width as (
    select schema_name, table_name as name, count(*) as n_columns
    from duckdb_columns()
    where database_name = current_database() and not internal
    group by schema_name, table_name
)
select
    known.schema_name || '.' || known.name as relation,
    -- start_here: From 1: the relations to look at first, in this order; null for all others.
    list_position(
        [
            'mart.target_summary',
            'mart.verdict',
            'mart.pair_evidence',
            'mart.pair_similarity',
            'mart.identity_score',
            'mart.drift',
            'mart.coverage',
            'mart.spend'
        ],
        relation
    ) as start_here,
    known.schema_name,
    -- kind: table or view.
    known.kind,
    -- comment: What a row is.
    split_part(known.comment, chr(10), 1) as comment,
    nullif(regexp_extract(known.comment, '\ngrain: ([^\n]*)', 1), '') as grain,
    nullif(regexp_extract(known.comment, '\nfilter: ([^\n]*)', 1), '') as filter_by,
    nullif(ltrim(regexp_replace(known.comment, '^[^\n]*(\n(grain|filter): [^\n]*)*', ''), chr(10)), '') as details,
    width.n_columns
from known
inner join width using (schema_name, name)
where known.schema_name in ('raw', 'score', 'core', 'mart', 'audit', 'meta')
order by start_here nulls last, known.schema_name <> 'mart', relation
