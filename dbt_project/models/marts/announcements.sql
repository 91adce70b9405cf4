with statements as (
    select * from {{ ref('int_statements__shown') }}
    where kind = 'announcement'
),

announcements as (
    select * from {{ ref('stg_announcements') }}
),

published as (
    select
        statements.statement_id as announcement_id,
        announcements.announced_on,
        announcements.announcer,
        announcements.announcer_party,
        announcements.topic,
        announcements.channel,
        statements.article_id,
        statements.article_source as source,
        statements.outlet,
        statements.url,
        statements.published_at,
        statements.quote,
        statements.quote_prefix,
        statements.quote_suffix,
        statements.char_start,
        statements.char_end,
        statements.cluster_id,
        statements.group_id,
        statements.independent_sources,
        statements.is_corrected,
        statements.correction_reason,
        statements.rule,
        statements.extractor,
        statements.extractor_version,
        statements.recorded_at,
        statements.known_at
    from statements
    inner join
        announcements
        on
            statements.source = announcements.source
            and statements.log_position = announcements.log_position
            and statements.ordinal = announcements.ordinal
)

select * from published
