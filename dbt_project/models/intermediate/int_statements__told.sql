with statements as (
    select * from {{ ref('int_statements__shown') }}
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

parties as (
    select * from {{ ref('party_names') }}
),

told_claims as (
    select
        statements.*,
        casualty_claims.as_of as stated_on,
        casualty_claims.as_of_basis as stated_basis,
        casualty_claims.claimed_on as said_on,
        casualty_claims.claimant as actor,
        casualty_claims.claimant_party as actor_party,
        casualty_claims.party as subject_party,
        casualty_claims.measure,
        casualty_claims.category,
        cast(casualty_claims.low as double) as amount_low,
        cast(casualty_claims.high as double) as amount_high,
        case casualty_claims.category when 'personnel' then 'people' else casualty_claims.category end as unit,
        {{ claim_headline('casualty_claims', 'statements', 'parties') }} as headline
    from statements
    inner join
        casualty_claims
        on
            statements.source = casualty_claims.source
            and statements.log_position = casualty_claims.log_position
            and statements.statement_id = casualty_claims.statement_id
    left join parties on casualty_claims.party = parties.code
    where statements.kind = 'casualty_claim'
),

told_offers as (
    select
        statements.*,
        offers.offered_on as said_on,
        coalesce(offers.offeror, offers.announced_by) as actor,
        offers.offeror_party as actor_party,
        offers.audience_party as subject_party,
        offers.action,
        coalesce(offers.amount_low, offers.amount) as amount_low,
        offers.amount as amount_high,
        offers.currency as unit,
        {{ offer_headline('offers', 'statements', 'offerors', 'audiences') }} as headline
    from statements
    inner join
        offers
        on
            statements.source = offers.source
            and statements.log_position = offers.log_position
            and statements.statement_id = offers.statement_id
    left join parties as offerors on offers.offeror_party = offerors.code
    left join parties as audiences on offers.audience_party = audiences.code
    where statements.kind = 'offer'
),

told_announcements as (
    select
        statements.*,
        announcements.announced_on as said_on,
        announcements.announcer as actor,
        announcements.announcer_party as actor_party,
        announcements.topic,
        {{ announcement_headline('announcements') }} as headline
    from statements
    inner join
        announcements
        on
            statements.source = announcements.source
            and statements.log_position = announcements.log_position
            and statements.statement_id = announcements.statement_id
    where statements.kind = 'announcement'
),

told as (
    select * from told_claims
    union all by name
    select * from told_offers
    union all by name
    select * from told_announcements
),

dated as (
    select
        * exclude (stated_on, stated_basis, said_on),
        coalesce(stated_on, said_on, {{ utc_day('published_at') }}) as happened_on,
        case
            when stated_on is not null then coalesce(stated_basis, 'stated')
            when said_on is not null then 'statement'
            when published_at is not null then 'publication'
        end as date_basis
    from told
)

select * from dated
