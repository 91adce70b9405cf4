{{ config(materialized='table') }}

with extracted as (
    select * from {{ ref('int_statements__extracted') }}
),

unbelievable as (
    select * from {{ ref('stg_unbelievable') }}
),

believable as (
    select *
    from extracted
    where
        is_latest
        and not exists (
            select 1 from unbelievable
            where
                unbelievable.statement_id = extracted.statement_id
                and unbelievable.article_id = extracted.article_id
        )
),

shown as (
    select
        *,
        cast(count(distinct cluster_id) over (partition by group_id) as integer) as independent_sources,
        false as is_corrected,
        cast(null as varchar) as correction_reason
    from believable
)

select * from shown
