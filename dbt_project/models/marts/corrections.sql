with corrections as (
    select * from {{ ref('stg_statement_corrected') }}
),

published as (
    select
        event_id as correction_id,
        statement_id,
        field,
        old_value,
        new_value,
        reason,
        author,
        recorded_at
    from corrections
)

select * from published
