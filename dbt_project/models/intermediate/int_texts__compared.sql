{{ config(
    materialized='incremental', incremental_strategy='delete+insert', unique_key=['previous_digest', 'text_digest']
) }}

-- Two texts compare alike for ever, so a night compares the new pairs alone.
with revisions as (
    select * from {{ changed_rows(ref('int_revisions__paired'), 'article_id') }}
    where is_cleaned_alike
),

kept as (
    select text_digest from {{ ref('stg_texts') }}
    where
        text_digest in (
            select revisions.previous_digest from revisions
            union
            select revisions.text_digest from revisions
        )
),

pairs as (
    select distinct
        revisions.previous_digest,
        revisions.text_digest
    from revisions
    where
        revisions.previous_digest in (select kept.text_digest from kept)
        and revisions.text_digest in (select kept.text_digest from kept)
        {% if is_incremental() %}
            and not exists (
                select 1 from {{ this }} as known
                where
                    known.previous_digest = revisions.previous_digest
                    and known.text_digest = revisions.text_digest
            )
        {% endif %}
),

sides as (
    select
        previous_digest,
        text_digest,
        text_digest as side_digest,
        1 as surplus
    from pairs
    union all
    select
        previous_digest,
        text_digest,
        previous_digest as side_digest,
        -1 as surplus
    from pairs
),

texts as (
    select * from {{ texts_of('sides', 'side_digest') }}
),

words as (
    select
        sides.previous_digest,
        sides.text_digest,
        unnest(string_split_regex(texts.text, '\s+')) as word,
        sides.surplus
    from sides
    inner join texts on sides.side_digest = texts.text_digest
),

surpluses as (
    select
        previous_digest,
        text_digest,
        sum(surplus) * length(word) as chars
    from words
    group by previous_digest, text_digest, word
),

compared as (
    select
        previous_digest,
        text_digest,
        cast(sum(greatest(chars, 0)) as bigint) as chars_added,
        cast(sum(greatest(-chars, 0)) as bigint) as chars_removed
    from surpluses
    group by previous_digest, text_digest
)

select * from compared
