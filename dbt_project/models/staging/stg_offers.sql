with events as (
    select * from {{ source('raw', 'offers') }}
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
        offered_on,
        valid_until,
        status,
        offeror,
        offeror_party,
        announced_by,
        audience,
        audience_party,
        action,
        benefit,
        amount_low,
        amount,
        currency,
        per,
        amount_usd,
        usd_basis,
        quote,
        quote_prefix,
        quote_suffix
    from events
)

select * from renamed
