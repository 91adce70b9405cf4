with kept as (
    select * from {{ source('raw', 'placements') }}
),

renamed as (
    select
        capture_id,
        article_id,
        canonical_url,
        revision,
        fetched_at,
        is_opener,
        known_at
    from kept
)

select * from renamed
