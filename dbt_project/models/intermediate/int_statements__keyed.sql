with statements as (
    select * from {{ ref('int_statements__extracted') }}
),

pairs as (
    select * from {{ ref('int_revisions__paired') }}
    where is_read_alike
),

revised as (
    select article_id from pairs
    union
    select previous_article_id from pairs
),

casualty_claims as (
    select * from {{ ref('stg_casualty_claims') }}
),

offers as (
    select * from {{ ref('stg_offers') }}
),

announcements as (
    select * from {{ ref('stg_announcements') }}
),

wanted as (
    select statements.*
    from statements
    where statements.article_id in (select revised.article_id from revised)
),

-- The fields that make rows a group (warehouse/README.md), without the day; the numbers apart.
keyed_claims as (
    select
        wanted.article_id,
        wanted.kind,
        cast(json_array(
            c.claimant_party, c.party, c.population, c.measure, c.category, c.subject, lower(c.place), c.period
        ) as varchar) as statement_key,
        cast(json_array(c.low, c.high) as varchar) as numbers
    from wanted
    inner join
        casualty_claims as c
        on wanted.source = c.source and wanted.log_position = c.log_position and wanted.ordinal = c.ordinal
    where wanted.kind = 'casualty_claim'
),

keyed_offers as (
    select
        wanted.article_id,
        wanted.kind,
        cast(json_array(
            coalesce(o.offeror_party, lower(o.offeror)), o.action, o.benefit, o.per, o.audience_party
        ) as varchar) as statement_key,
        cast(json_array(o.amount_low, o.amount, o.currency) as varchar) as numbers
    from wanted
    inner join
        offers as o
        on wanted.source = o.source and wanted.log_position = o.log_position and wanted.ordinal = o.ordinal
    where wanted.kind = 'offer'
),

keyed_announcements as (
    select
        wanted.article_id,
        wanted.kind,
        cast(json_array(a.announcer_party, lower(a.announcer), a.topic) as varchar) as statement_key,
        '[]' as numbers
    from wanted
    inner join
        announcements as a
        on wanted.source = a.source and wanted.log_position = a.log_position and wanted.ordinal = a.ordinal
    where wanted.kind = 'announcement'
),

keyed as (
    select * from keyed_claims
    union all by name
    select * from keyed_offers
    union all by name
    select * from keyed_announcements
)

select * from keyed
