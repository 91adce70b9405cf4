with kept as (
    select * from {{ source('raw', 'changed_articles') }}
),

renamed as (
    select
        article_id,
        canonical_url
    from kept
)

select * from renamed
