{{ config(materialized='incremental', unique_key='article_id') }}

with articles as (
    select * from {{ changed_rows(ref('int_articles__shown'), 'article_id') }}
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
        cleaner_version = lag(cleaner_version) over page as is_cleaned_alike,
        extractor = lag(extractor) over page
        and extractor_version = lag(extractor_version) over page as is_extracted_alike
    from articles
    window page as (partition by canonical_url order by fetched_at, revision)
),

-- Two versions of the cleaner or the extractor differ also where the page does not: only what one and the same has read
-- can be compared.
paired as (
    select
        * exclude (is_extracted_alike),
        coalesce(is_cleaned_alike and is_extracted_alike, false) as is_read_alike
    from in_order
    where previous_article_id is not null
)

select * from paired
