with statements as (
    select * from {{ ref('int_statements__shown') }}
    where kind = 'offer'
),

offers as (
    select * from {{ ref('stg_offers') }}
),

published as (
    select
        statements.statement_id as offer_id,
        offers.offered_on,
        offers.valid_until,
        offers.status,
        offers.offeror,
        offers.offeror_party,
        offers.announced_by,
        offers.audience,
        offers.audience_party,
        offers.action,
        offers.benefit,
        offers.amount_low,
        offers.amount,
        offers.currency,
        offers.per,
        offers.amount_usd,
        offers.usd_basis,
        statements.article_id,
        statements.article_source as source,
        statements.outlet,
        statements.url,
        statements.published_at,
        statements.quote,
        statements.quote_prefix,
        statements.quote_suffix,
        statements.char_start,
        statements.char_end,
        statements.cluster_id,
        statements.group_id,
        statements.independent_sources,
        statements.is_corrected,
        statements.correction_reason,
        statements.rule,
        statements.extractor,
        statements.extractor_version,
        statements.recorded_at,
        statements.known_at
    from statements
    inner join
        offers
        on
            statements.source = offers.source
            and statements.log_position = offers.log_position
            and statements.ordinal = offers.ordinal
)

select * from published
