{{ config(materialized='incremental', unique_key='article_id') }}

with statements as (
    select * from {{ ref('int_statements__united') }}
),

articles as (
    select * from {{ changed_rows(ref('int_articles__shown'), 'article_id') }}
),

extracted as (
    select
        statements.kind,
        statements.source,
        statements.log_position,
        statements.ordinal,
        statements.statement_id,
        articles.article_id,
        articles.source as article_source,
        articles.fetched_at,
        articles.is_latest
    from statements
    inner join
        articles
        on statements.source = articles.reading_source and statements.log_position = articles.reading_position
)

select * from extracted
