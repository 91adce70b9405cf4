with pairs as (
    select * from {{ ref('int_revisions__paired') }}
),

texts as (
    select text_digest from {{ ref('stg_texts') }}
),

compared_texts as (
    select * from {{ ref('int_texts__compared') }}
),

told as (
    select * from {{ ref('int_statements__compared') }}
),

-- Counts of a text that was taken away since are taken away with it.
comparable_texts as (
    select compared_texts.*
    from compared_texts
    inner join texts on compared_texts.text_digest = texts.text_digest
    inner join texts as previous_texts on compared_texts.previous_digest = previous_texts.text_digest
),

revisions as (
    select
        pairs.article_id,
        pairs.canonical_url,
        pairs.revision,
        pairs.fetched_at,
        pairs.previous_digest,
        pairs.text_digest,
        comparable_texts.chars_added,
        comparable_texts.chars_removed,
        case when pairs.is_read_alike then coalesce(told.statements_added, 0) end as statements_added,
        case when pairs.is_read_alike then coalesce(told.statements_removed, 0) end as statements_removed,
        case when pairs.is_read_alike then coalesce(told.statements_changed, 0) end as statements_changed
    from pairs
    left join
        comparable_texts
        on
            pairs.is_cleaned_alike
            and pairs.previous_digest = comparable_texts.previous_digest
            and pairs.text_digest = comparable_texts.text_digest
    left join told on pairs.article_id = told.article_id
)

select * from revisions
