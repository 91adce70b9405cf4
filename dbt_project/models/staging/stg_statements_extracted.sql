with events as (
    select * from {{ source('raw', 'statements_extracted') }}
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
        canonical_url,
        text_digest,
        extractor,
        extractor_version,
        cleaner_version
    from events
)

select * from renamed
