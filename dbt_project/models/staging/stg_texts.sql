with kept as (
    select
        rowid as row_id,
        *
    from {{ source('raw', 'texts') }}
),

renamed as (
    select
        row_id,
        text_digest,
        text
    from kept
)

select * from renamed
