{{ config(materialized='incremental', unique_key='article_id') }}

with articles as (
    select * from {{ changed_rows(ref('int_articles__versioned'), 'article_id') }}
),

texts as (
    select * from {{ worded('articles') }}
),

-- Which extraction is read changes no article.
changed as (
    select
        *,
        lag(articles) over (partition by article_id order by valid_from_at) as former
    from articles
    qualify
        row(face_source, face_position, is_latest, is_gone, is_taken_down)
        is distinct from lag(row(face_source, face_position, is_latest, is_gone, is_taken_down)) over (
            partition by article_id order by valid_from_at
        )
),

dated as (
    select * replace (lead(valid_from_at) over (partition by article_id order by valid_from_at) as valid_to_at)
    from changed
),

history as (
    select
        dated.article_id,
        dated.url,
        dated.canonical_url,
        dated.source,
        dated.outlet,
        dated.title,
        dated.authors,
        dated.language,
        dated.published_at,
        dated.fetched_at,
        dated.recorded_at,
        dated.known_at,
        dated.revision,
        dated.is_latest,
        dated.is_gone,
        dated.is_withdrawn,
        dated.cluster_id,
        dated.text_chars,
        case when not texts.is_shown then texts.text end as text,
        dated.text_digest,
        dated.body_digest,
        dated.cleaner_version,
        dated.valid_from_at,
        dated.valid_to_at,
        case
            when dated.former is null then 'cleaned'
            when dated.is_taken_down and not dated.former.is_taken_down then 'withdrawn'
            when
                row(dated.face_source, dated.face_position)
                != row(dated.former.face_source, dated.former.face_position)
                then 're-cleaned'
            when dated.is_gone and not dated.former.is_gone then 'gone'
            when dated.former.is_gone and dated.is_latest then 'returned'
            else 'revised'
        end as reason
    from dated
    left join
        texts
        on dated.article_id = texts.article_id and dated.text_digest = texts.text_digest
)

select * from history
