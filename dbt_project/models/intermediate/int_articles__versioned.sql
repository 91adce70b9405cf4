{{ config(materialized='incremental', unique_key='article_id') }}

with dated as (
    select * from {{ changed_rows(ref('int_articles__dated'), 'article_id') }}
),

revisions as (
    select * from {{ ref('stg_revisions') }}
),

cleanings as (
    select * from {{ ref('stg_article_cleaned') }}
),

extractions as (
    select * from {{ ref('stg_statements_extracted') }}
),

clusters as (
    select * from {{ ref('stg_clusters') }}
),

sources as (
    select * from {{ ref('stg_sources') }}
),

withdrawals as (
    select distinct canonical_url from {{ ref('stg_article_withdrawn') }}
),

-- What was taken down is named as such in every version, also in those of before.
articles as (
    select
        dated.article_id,
        cleanings.url,
        dated.canonical_url,
        revisions.source,
        coalesce(cleanings.outlet, sources.name) as outlet,
        cleanings.title,
        cleanings.authors,
        cleanings.language,
        cleanings.published_at,
        revisions.fetched_at,
        cleanings.recorded_at,
        cleanings.known_at,
        revisions.revision,
        dated.is_latest,
        dated.is_gone,
        withdrawals.canonical_url is not null as is_withdrawn,
        clusters.cluster_id,
        cleanings.text_chars,
        cleanings.text_digest,
        cleanings.body_digest,
        cleanings.cleaner_version,
        coalesce(sources.publish_text, false) as is_text_published,
        dated.reading_source,
        dated.reading_position,
        extractions.extractor,
        extractions.extractor_version,
        extractions.recorded_at as read_recorded_at,
        extractions.known_at as read_known_at,
        dated.face_source,
        dated.face_position,
        dated.is_taken_down,
        dated.valid_from_at,
        dated.valid_to_at
    from dated
    inner join revisions on dated.article_id = revisions.article_id
    inner join
        cleanings
        on dated.face_source = cleanings.source and dated.face_position = cleanings.log_position
    left join
        extractions
        on dated.reading_source = extractions.source and dated.reading_position = extractions.log_position
    left join sources on revisions.source = sources.slug
    inner join clusters on dated.article_id = clusters.article_id
    left join withdrawals on dated.canonical_url = withdrawals.canonical_url
)

select * from articles
