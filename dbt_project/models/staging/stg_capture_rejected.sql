with events as (
    select * from {{ source('raw', 'capture_rejected') }}
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
        capture_id,
        url,
        stage,
        reason,
        detail,
        fetched_at,
        cleaner_version
    from events
)

select * from renamed
