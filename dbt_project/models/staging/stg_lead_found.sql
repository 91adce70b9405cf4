with events as (
    select * from {{ source('raw', 'lead_found') }}
),

renamed as (
    select
        stream as source,
        position as log_position,
        event_id,
        occurred_at,
        recorded_at,
        known_at,
        run_id,
        url,
        listing_url,
        title,
        published_at
    from events
)

select * from renamed
