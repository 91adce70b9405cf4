with events as (
    select * from {{ source('raw', 'article_cleaned') }}
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
        canonical_url,
        title,
        authors,
        outlet,
        language,
        published_at,
        text_digest,
        text_chars,
        body_digest,
        fetched_at,
        cleaner_version
    from events
)

select * from renamed
