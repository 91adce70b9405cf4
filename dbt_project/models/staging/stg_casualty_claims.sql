with events as (
    select * from {{ source('raw', 'casualty_claims') }}
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
        claimed_on,
        claimant,
        claimant_party,
        party,
        population,
        measure,
        category,
        subject,
        is_subset,
        place,
        low,
        high,
        qualifier,
        period,
        as_of,
        as_of_basis,
        quote,
        quote_prefix,
        quote_suffix
    from events
)

select * from renamed
