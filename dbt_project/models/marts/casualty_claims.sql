with statements as (
    select * from {{ ref('int_statements__shown') }}
    where kind = 'casualty_claim'
),

casualty_claims as (
    select * from {{ ref('stg_casualty_claims') }}
),

published as (
    select
        statements.statement_id as claim_id,
        casualty_claims.claimed_on,
        casualty_claims.claimant,
        casualty_claims.claimant_party,
        casualty_claims.party,
        casualty_claims.population,
        casualty_claims.measure,
        casualty_claims.category,
        casualty_claims.subject,
        casualty_claims.is_subset,
        casualty_claims.place,
        casualty_claims.low,
        casualty_claims.high,
        casualty_claims.qualifier,
        casualty_claims.period,
        casualty_claims.as_of,
        casualty_claims.as_of_basis,
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
        casualty_claims
        on
            statements.source = casualty_claims.source
            and statements.log_position = casualty_claims.log_position
            and statements.ordinal = casualty_claims.ordinal
)

select * from published
