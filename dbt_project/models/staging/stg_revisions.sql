with kept as (
    select * from {{ source('raw', 'revisions') }}
),

renamed as (
    select
        article_id,
        canonical_url,
        revision,
        capture_id,
        fetched_at,
        seen_at,
        load_position,
        stream as source,
        position as log_position,
        known_at
    from kept
)

select * from renamed
