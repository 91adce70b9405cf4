{# What was told, once a group. `claims`, `offers` and `announcements` have the columns of the three tables, `articles`
   article_id and fetched_at, `parties` code and name. #}
{% macro timeline_at(claims, offers, announcements, articles, parties) -%}
with claims as (
    select * from {{ claims }}
),

offers as (
    select * from {{ offers }}
),

announcements as (
    select * from {{ announcements }}
),

articles as (
    select * from {{ articles }}
),

parties as (
    select * from {{ parties }}
),

told_claims as (
    select
        {{ told_columns('claims', 'claim_id') }},
        'casualty_claim' as kind,
        claims.as_of as stated_on,
        claims.as_of_basis as stated_basis,
        claims.claimed_on as said_on,
        claims.claimant as actor,
        claims.claimant_party as actor_party,
        claims.party as subject_party,
        claims.measure,
        claims.category,
        cast(claims.low as double) as amount_low,
        cast(claims.high as double) as amount_high,
        case claims.category when 'personnel' then 'people' else claims.category end as unit,
        {{ claim_headline('claims', 'parties') }} as headline
    from claims
    left join parties on claims.party = parties.code
),

told_offers as (
    select
        {{ told_columns('offers', 'offer_id') }},
        'offer' as kind,
        offers.offered_on as said_on,
        coalesce(offers.offeror, offers.announced_by) as actor,
        offers.offeror_party as actor_party,
        offers.audience_party as subject_party,
        offers.action,
        coalesce(offers.amount_low, offers.amount) as amount_low,
        offers.amount as amount_high,
        offers.currency as unit,
        {{ offer_headline('offers', 'offerors', 'audiences') }} as headline
    from offers
    left join parties as offerors on offers.offeror_party = offerors.code
    left join parties as audiences on offers.audience_party = audiences.code
),

told_announcements as (
    select
        {{ told_columns('announcements', 'announcement_id') }},
        'announcement' as kind,
        announcements.announced_on as said_on,
        announcements.announcer as actor,
        announcements.announcer_party as actor_party,
        announcements.topic,
        {{ announcement_headline('announcements') }} as headline
    from announcements
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
        told.* exclude (stated_on, stated_basis, said_on),
        articles.fetched_at,
        coalesce(told.stated_on, told.said_on, {{ utc_day('told.published_at') }}) as happened_on,
        case
            when told.stated_on is not null then coalesce(told.stated_basis, 'stated')
            when told.said_on is not null then 'statement'
            when told.published_at is not null then 'publication'
        end as date_basis
    from told
    inner join articles on told.article_id = articles.article_id
),

spans as (
    select
        group_id,
        min(fetched_at) as first_seen_at,
        max(fetched_at) as last_seen_at,
        min(known_at) as known_at
    from dated
    group by group_id
),

-- The row that the ledger learnt of first speaks for its group.
speakers as (
    select *
    from dated
    qualify
        row_number() over (
            partition by group_id
            order by known_at, source, recorded_at, article_id, char_start, statement_id
        ) = 1
),

entries as (
    select
        speakers.group_id as entry_id,
        speakers.kind,
        speakers.happened_on,
        speakers.date_basis,
        speakers.actor,
        speakers.actor_party,
        speakers.subject_party,
        speakers.topic,
        speakers.measure,
        speakers.category,
        speakers.action,
        speakers.headline,
        speakers.amount_low,
        speakers.amount_high,
        speakers.unit,
        speakers.quote,
        speakers.article_id,
        speakers.url,
        speakers.independent_sources,
        spans.first_seen_at,
        spans.last_seen_at,
        spans.known_at
    from speakers
    inner join spans on speakers.group_id = spans.group_id
)

select * from entries
{%- endmacro %}


{% macro told_columns(statements, id) -%}
    {{ statements }}.{{ id }} as statement_id,
        {{ statements }}.article_id,
        {{ statements }}.source,
        {{ statements }}.url,
        {{ statements }}.published_at,
        {{ statements }}.quote,
        {{ statements }}.char_start,
        {{ statements }}.group_id,
        {{ statements }}.independent_sources,
        {{ statements }}.recorded_at,
        {{ statements }}.known_at
{%- endmacro %}
