with articles as (
    select * from {{ ref('int_articles__versioned') }}
    where is_text_published and not is_withdrawn
),

texts as (
    select * from {{ ref('stg_texts') }}
),

worded as (
    select
        articles.article_id,
        articles.text_digest,
        texts.text,
        bool_or(articles.valid_to_at is null) as is_shown
    from articles
    inner join texts on articles.text_digest = texts.text_digest
    group by articles.article_id, articles.text_digest, texts.text
)

select * from worded
