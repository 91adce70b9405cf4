with events as (
    select * from {{ source('raw', 'statement_rejections') }}
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
        ordinal,
        capture_id,
        canonical_url,
        text_digest,
        stage,
        reason,
        detail
    from events
)

select * from renamed
