with kept as (
    select * from {{ source('raw', 'faces') }}
),

renamed as (
    select
        article_id,
        title,
        text_digest,
        body_digest,
        stream as source,
        position as log_position,
        known_at
    from kept
)

select * from renamed
