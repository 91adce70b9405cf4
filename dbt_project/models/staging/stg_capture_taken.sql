with events as (
    select * from {{ source('raw', 'capture_taken') }}
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
        status,
        is_unchanged,
        body_digest
    from events
)

select * from renamed
