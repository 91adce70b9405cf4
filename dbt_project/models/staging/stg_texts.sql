with kept as (
    select * from {{ source('raw', 'texts') }}
),

renamed as (
    select
        text_digest,
        text
    from kept
)

select * from renamed
