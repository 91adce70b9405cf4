with kept as (
    select * from {{ source('raw', 'sources') }}
),

renamed as (
    select
        slug,
        name,
        kind,
        country,
        language,
        is_enabled,
        entered_on,
        publish_text
    from kept
)

select * from renamed
