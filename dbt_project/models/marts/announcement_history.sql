{{ config(materialized='incremental', unique_key='group_id') }}

with versions as (
    select * from {{ changed_rows(ref('int_statements__believed'), 'group_id') }}
),

announcements as (
    select * from {{ ref('stg_announcements') }}
),

history as (
    select
        versions.statement_id as announcement_id,
        {{ corrected('announcements', 'versions.fixes', 'announced_on', 'date') }},
        {{ corrected('announcements', 'versions.fixes', 'announcer', 'varchar') }},
        {{ corrected('announcements', 'versions.fixes', 'announcer_party', 'varchar') }},
        {{ corrected('announcements', 'versions.fixes', 'topic', 'varchar') }},
        {{ corrected('announcements', 'versions.fixes', 'channel', 'varchar') }},
        versions.article_id,
        versions.article_source as source,
        versions.outlet,
        versions.url,
        versions.published_at,
        versions.quote,
        versions.quote_prefix,
        versions.quote_suffix,
        versions.char_start,
        versions.char_end,
        versions.cluster_id,
        versions.group_id,
        versions.independent_sources,
        versions.is_corrected,
        versions.correction_reason,
        versions.rule,
        versions.extractor,
        versions.extractor_version,
        versions.recorded_at,
        versions.known_at,
        versions.valid_from_at,
        versions.valid_to_at,
        versions.reason
    from versions
    inner join
        announcements
        on
            versions.source = announcements.source
            and versions.log_position = announcements.log_position
            and versions.ordinal = announcements.ordinal
    where versions.kind = 'announcement'
)

select * from history
