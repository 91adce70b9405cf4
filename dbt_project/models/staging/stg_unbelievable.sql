with kept as (
    select * from {{ source('raw', 'unbelievable') }}
),

renamed as (
    select
        statement_id,
        article_id,
        valid_from_at,
        expectation,
        detail,
        recorded_at,
        run_id
    from kept
)

select * from renamed
