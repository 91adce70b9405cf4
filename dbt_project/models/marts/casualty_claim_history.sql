{{ config(materialized='incremental', unique_key='group_id') }}

with versions as (
    select * from {{ changed_rows(ref('int_statements__believed'), 'group_id') }}
),

casualty_claims as (
    select * from {{ ref('stg_casualty_claims') }}
),

history as (
    select
        versions.statement_id as claim_id,
        {{ corrected('casualty_claims', 'versions.fixes', 'claimed_on', 'date') }},
        {{ corrected('casualty_claims', 'versions.fixes', 'claimant', 'varchar') }},
        {{ corrected('casualty_claims', 'versions.fixes', 'claimant_party', 'varchar') }},
        {{ corrected('casualty_claims', 'versions.fixes', 'party', 'varchar') }},
        {{ corrected('casualty_claims', 'versions.fixes', 'population', 'varchar') }},
        {{ corrected('casualty_claims', 'versions.fixes', 'measure', 'varchar') }},
        {{ corrected('casualty_claims', 'versions.fixes', 'category', 'varchar') }},
        {{ corrected('casualty_claims', 'versions.fixes', 'subject', 'varchar') }},
        {{ corrected('casualty_claims', 'versions.fixes', 'is_subset', 'boolean') }},
        {{ corrected('casualty_claims', 'versions.fixes', 'place', 'varchar') }},
        {{ corrected('casualty_claims', 'versions.fixes', 'low', 'bigint') }},
        {{ corrected('casualty_claims', 'versions.fixes', 'high', 'bigint') }},
        {{ corrected('casualty_claims', 'versions.fixes', 'qualifier', 'varchar') }},
        {{ corrected('casualty_claims', 'versions.fixes', 'period', 'varchar') }},
        {{ corrected('casualty_claims', 'versions.fixes', 'as_of', 'date') }},
        {{ corrected('casualty_claims', 'versions.fixes', 'as_of_basis', 'varchar') }},
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
        casualty_claims
        on
            versions.source = casualty_claims.source
            and versions.log_position = casualty_claims.log_position
            and versions.ordinal = casualty_claims.ordinal
    where versions.kind = 'casualty_claim'
)

select * from history
