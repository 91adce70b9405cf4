-- Of a night it holds what is made anew, for the histories to take in: they keep it.
{{ config(materialized='incremental', incremental_strategy='anew', unique_key='group_id') }}

with versions as (
    select * from {{ changed_rows(ref('int_statements__versioned'), 'group_id') }}
),

unbelievable as (
    select * from {{ ref('stg_unbelievable') }}
),

-- What validation refuses was never told: neither the version nor its end, nor the same without its quote after a
-- withdrawal, when nobody can judge it any more.
believed as (
    select * from versions
    where
        not exists (
            select 1 from unbelievable
            where
                unbelievable.statement_id = versions.statement_id
                and unbelievable.article_id = versions.article_id
                and (
                    unbelievable.valid_from_at = versions.version_from_at
                    or (
                        versions.is_withdrawn and not versions.is_corrected
                        and versions.version_from_at > unbelievable.valid_from_at
                    )
                )
        )
),

-- Distinct clusters that told the same when the version began; most groups are a single row for ever.
counted as (
    select
        believed.statement_id,
        believed.article_id,
        believed.valid_from_at,
        cast(count(distinct others.cluster_id) as integer) as independent_sources
    from believed
    inner join
        believed as others
        on
            believed.group_id = others.group_id
            and believed.version_from_at >= others.valid_from_at
            and coalesce(others.valid_to_at, 'infinity') > believed.version_from_at
    group by believed.statement_id, believed.article_id, believed.valid_from_at
),

with_sources as (
    select
        believed.*,
        counted.independent_sources
    from believed
    inner join
        counted
        on
            believed.statement_id = counted.statement_id
            and believed.article_id = counted.article_id
            and believed.valid_from_at = counted.valid_from_at
)

select * from with_sources
