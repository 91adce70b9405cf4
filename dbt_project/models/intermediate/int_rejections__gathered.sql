with failures as (
    select * from {{ ref('stg_capture_failed') }}
),

refused_captures as (
    select * from {{ ref('stg_capture_rejected') }}
),

refused_statements as (
    select * from {{ ref('stg_statement_rejections') }}
),

captures as (
    select * from {{ ref('stg_capture_taken') }}
),

versions as (
    select * from {{ ref('int_statements__versioned') }}
    where valid_from_at = version_from_at
),

unbelievable as (
    select * from {{ ref('stg_unbelievable') }}
),

gathered as (
    select
        source,
        url,
        case role when 'listing' then 'discover' else 'fetch' end as stage,
        reason,
        detail,
        occurred_at as fetched_at,
        recorded_at,
        run_id
    from failures
    union all by name
    select
        source,
        url,
        stage,
        reason,
        detail,
        fetched_at,
        recorded_at,
        run_id
    from refused_captures
    union all by name
    select
        refused_statements.source,
        coalesce(captures.url, refused_statements.canonical_url) as url,
        refused_statements.stage,
        refused_statements.reason,
        refused_statements.detail,
        captures.occurred_at as fetched_at,
        refused_statements.recorded_at,
        refused_statements.run_id
    from refused_statements
    left join captures on refused_statements.capture_id = captures.event_id
    union all by name
    select
        versions.article_source as source,
        versions.url,
        'validate' as stage,
        'unbelievable' as reason,
        concat_ws(': ', unbelievable.expectation, unbelievable.detail) as detail,
        versions.fetched_at,
        unbelievable.recorded_at,
        unbelievable.run_id
    from unbelievable
    inner join
        versions
        on
            unbelievable.statement_id = versions.statement_id
            and unbelievable.article_id = versions.article_id
            and unbelievable.valid_from_at = versions.valid_from_at
)

select * from gathered
