with events as (
    select * from {{ source('raw', 'capture_failed') }}
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
        role,
        reason,
        detail,
        status
    from events
)

select * from renamed
