{{ config(materialized='table') }}

with extractions as (
    select * from {{ ref('int_extractions__newest') }}
),

articles as (
    select * from {{ ref('int_articles__shown') }}
),

groups as (
    select * from {{ ref('stg_groups') }}
),

casualty_claims as (
    select
        'casualty_claim' as kind,
        source,
        log_position,
        statement_id,
        ordinal,
        quote,
        quote_prefix,
        quote_suffix,
        char_start,
        char_end,
        rule
    from {{ ref('stg_casualty_claims') }}
),

offers as (
    select
        'offer' as kind,
        source,
        log_position,
        statement_id,
        ordinal,
        quote,
        quote_prefix,
        quote_suffix,
        char_start,
        char_end,
        rule
    from {{ ref('stg_offers') }}
),

announcements as (
    select
        'announcement' as kind,
        source,
        log_position,
        statement_id,
        ordinal,
        quote,
        quote_prefix,
        quote_suffix,
        char_start,
        char_end,
        rule
    from {{ ref('stg_announcements') }}
),

statements as (
    select * from casualty_claims
    union all by name
    select * from offers
    union all by name
    select * from announcements
),

extracted as (
    select
        statements.*,
        extractions.article_id,
        articles.source as article_source,
        articles.outlet,
        articles.url,
        articles.published_at,
        articles.fetched_at,
        articles.text_digest,
        articles.is_latest,
        articles.cluster_id,
        groups.group_id,
        extractions.extractor,
        extractions.extractor_version,
        extractions.recorded_at,
        extractions.known_at
    from statements
    inner join
        extractions
        on statements.source = extractions.source and statements.log_position = extractions.log_position
    inner join articles on extractions.article_id = articles.article_id
    inner join
        groups
        on statements.statement_id = groups.statement_id and extractions.article_id = groups.article_id
)

select * from extracted
