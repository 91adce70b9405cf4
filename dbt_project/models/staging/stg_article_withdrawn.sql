with events as (
    select * from {{ source('raw', 'article_withdrawn') }}
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
        canonical_url,
        reason,
        author
    from events
)

select * from renamed
