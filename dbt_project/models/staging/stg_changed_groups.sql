with kept as (
    select * from {{ source('raw', 'changed_groups') }}
),

renamed as (
    select group_id from kept
)

select * from renamed
