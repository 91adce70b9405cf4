with articles as (
    select * from {{ ref('int_articles__shown') }}
),

texts as (
    select * from {{ ref('stg_texts') }}
),

sources as (
    select * from {{ ref('stg_sources') }}
),

published as (
    select
        articles.article_id,
        articles.url,
        articles.canonical_url,
        articles.source,
        articles.outlet,
        articles.title,
        articles.authors,
        articles.language,
        articles.published_at,
        articles.fetched_at,
        articles.recorded_at,
        articles.known_at,
        articles.revision,
        articles.is_latest,
        articles.is_gone,
        false as is_withdrawn,
        articles.cluster_id,
        articles.text_chars,
        case when sources.publish_text then texts.text end as text,
        articles.text_digest,
        articles.body_digest,
        articles.cleaner_version
    from articles
    left join texts on articles.text_digest = texts.text_digest
    left join sources on articles.source = sources.slug
)

select * from published
