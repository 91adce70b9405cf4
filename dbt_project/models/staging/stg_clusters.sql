with kept as (
    select * from {{ source('raw', 'clusters') }}
),

renamed as (
    select
        article_id,
        cluster_id,
        copied_article_id,
        containment,
        known_at
    from kept
)

select * from renamed
