with sources as (
    select * from {{ ref('stg_sources') }}
),

captures as (
    select * from {{ ref('stg_capture_taken') }}
),

streams as (
    select source from {{ ref('stg_lead_found') }}
    union
    select source from captures
    union
    select source from {{ ref('stg_capture_failed') }}
    union
    select source from {{ ref('stg_article_cleaned') }}
),

successes as (
    select
        source,
        max(recorded_at) as last_success_at
    from captures
    group by source
),

-- A source whose file was deleted keeps its history and its row.
listed as (
    select
        coalesce(sources.slug, streams.source) as slug,
        coalesce(sources.name, streams.source) as name,
        sources.kind,
        sources.country,
        sources.language,
        coalesce(sources.is_enabled, false) as is_enabled,
        sources.entered_on,
        successes.last_success_at
    from sources
    full outer join streams on sources.slug = streams.source
    left join successes on coalesce(sources.slug, streams.source) = successes.source
)

select * from listed
