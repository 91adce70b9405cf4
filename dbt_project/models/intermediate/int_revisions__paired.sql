{{ config(materialized='table') }}

with articles as (
    select * from {{ ref('int_articles__shown') }}
),

extractions as (
    select * from {{ ref('int_extractions__newest') }}
),

-- In the order in which the page showed them, which need not be the order in which the ledger learnt of them.
in_order as (
    select
        article_id,
        canonical_url,
        revision,
        fetched_at,
        lag(article_id) over page as previous_article_id,
        lag(text_digest) over page as previous_digest,
        text_digest,
        cleaner_version = lag(cleaner_version) over page as is_cleaned_alike
    from articles
    window page as (partition by canonical_url order by fetched_at, revision)
),

-- Two versions of the cleaner or the extractor differ also where the page does not: only what one and the same has read
-- can be compared.
paired as (
    select
        in_order.*,
        coalesce(
            in_order.is_cleaned_alike
            and extractions.extractor = previous_extractions.extractor
            and extractions.extractor_version = previous_extractions.extractor_version,
            false
        ) as is_read_alike
    from in_order
    left join extractions on in_order.article_id = extractions.article_id
    left join extractions as previous_extractions on in_order.previous_article_id = previous_extractions.article_id
    where in_order.previous_article_id is not null
)

select * from paired
