{{ config(materialized='incremental', unique_key='group_id') }}

with versions as (
    select * from {{ changed_rows(ref('int_statements__believed'), 'group_id') }}
),

offers as (
    select * from {{ ref('stg_offers') }}
),

history as (
    select
        versions.statement_id as offer_id,
        {{ corrected('offers', 'versions.fixes', 'offered_on', 'date') }},
        {{ corrected('offers', 'versions.fixes', 'valid_until', 'date') }},
        {{ corrected('offers', 'versions.fixes', 'status', 'varchar') }},
        {{ corrected('offers', 'versions.fixes', 'offeror', 'varchar') }},
        {{ corrected('offers', 'versions.fixes', 'offeror_party', 'varchar') }},
        {{ corrected('offers', 'versions.fixes', 'announced_by', 'varchar') }},
        {{ corrected('offers', 'versions.fixes', 'audience', 'varchar') }},
        {{ corrected('offers', 'versions.fixes', 'audience_party', 'varchar') }},
        {{ corrected('offers', 'versions.fixes', 'action', 'varchar') }},
        {{ corrected('offers', 'versions.fixes', 'benefit', 'varchar') }},
        {{ corrected('offers', 'versions.fixes', 'amount_low', 'double') }},
        {{ corrected('offers', 'versions.fixes', 'amount', 'double') }},
        {{ corrected('offers', 'versions.fixes', 'currency', 'varchar') }},
        {{ corrected('offers', 'versions.fixes', 'per', 'varchar') }},
        {{ corrected('offers', 'versions.fixes', 'amount_usd', 'double') }},
        {{ corrected('offers', 'versions.fixes', 'usd_basis', 'varchar') }},
        versions.article_id,
        versions.article_source as source,
        versions.outlet,
        versions.url,
        versions.published_at,
        versions.quote,
        versions.quote_prefix,
        versions.quote_suffix,
        versions.char_start,
        versions.char_end,
        versions.cluster_id,
        versions.group_id,
        versions.independent_sources,
        versions.is_corrected,
        versions.correction_reason,
        versions.rule,
        versions.extractor,
        versions.extractor_version,
        versions.recorded_at,
        versions.known_at,
        versions.valid_from_at,
        versions.valid_to_at,
        versions.reason
    from versions
    inner join
        offers
        on
            versions.source = offers.source
            and versions.log_position = offers.log_position
            and versions.ordinal = offers.ordinal
    where versions.kind = 'offer'
)

select * from history
