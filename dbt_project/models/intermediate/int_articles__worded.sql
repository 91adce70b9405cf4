with articles as (
    select * from {{ ref('int_articles__versioned') }}
    where is_text_published and not is_withdrawn
),

texts as (
    select * from {{ ref('stg_texts') }}
),

-- Without the texts, so that whoever asks for few articles reads few texts.
faces as (
    select
        article_id,
        text_digest,
        bool_or(valid_to_at is null) as is_shown
    from articles
    group by article_id, text_digest
),

worded as (
    select
        faces.article_id,
        faces.text_digest,
        texts.text,
        faces.is_shown
    from faces
    inner join texts on faces.text_digest = texts.text_digest
)

select * from worded
