with events as (
    select * from {{ source('raw', 'announcements') }}
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
        statement_id,
        quote_digest,
        char_start,
        char_end,
        sentence_start,
        sentence_end,
        rule,
        announced_on,
        announcer,
        announcer_party,
        topic,
        channel,
        quote,
        quote_prefix,
        quote_suffix
    from events
)

select * from renamed
