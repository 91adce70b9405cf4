{{ config(materialized='table') }}

with revisions as (
    select * from {{ ref('stg_revisions') }}
),

faces as (
    select * from {{ ref('stg_faces') }}
),

cleanings as (
    select * from {{ ref('stg_article_cleaned') }}
),

extractions as (
    select * from {{ ref('int_extractions__newest') }}
),

clusters as (
    select * from {{ ref('stg_clusters') }}
),

pages as (
    select * from {{ ref('int_pages__seen') }}
),

sources as (
    select * from {{ ref('stg_sources') }}
),

-- A revision shows the cleaning its newest extraction read, so that quotes stand in the text; else its newest one.
shown as (
    select
        faces.article_id,
        faces.source,
        faces.log_position
    from faces
    left join extractions on faces.article_id = extractions.article_id
    qualify
        row_number() over (
            partition by faces.article_id
            order by
                coalesce(
                    faces.source = extractions.face_source and faces.log_position = extractions.face_position, false
                ) desc,
                faces.known_at desc,
                faces.source desc,
                faces.log_position desc
        ) = 1
),

articles as (
    select
        revisions.article_id,
        cleanings.url,
        revisions.canonical_url,
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
        revisions.article_id = pages.latest_article_id as is_latest,
        revisions.article_id = pages.latest_article_id and pages.is_gone as is_gone,
        clusters.cluster_id,
        cleanings.text_chars,
        cleanings.text_digest,
        cleanings.body_digest,
        cleanings.cleaner_version
    from revisions
    inner join shown on revisions.article_id = shown.article_id
    inner join
        cleanings
        on shown.source = cleanings.source and shown.log_position = cleanings.log_position
    left join sources on revisions.source = sources.slug
    inner join clusters on revisions.article_id = clusters.article_id
    inner join pages on revisions.canonical_url = pages.canonical_url
)

select * from articles
