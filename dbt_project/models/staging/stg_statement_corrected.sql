with events as (
    select * from {{ source('raw', 'statement_corrected') }}
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
        statement_id,
        kind,
        action,
        field,
        old_value,
        new_value,
        undone_id,
        reason,
        author
    from events
)

select * from renamed
