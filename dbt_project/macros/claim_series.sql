{# What a side tells of the losses of a side, day by day; `claims` has the columns of casualty_claims. #}
{% macro claim_series_at(claims) -%}
with claims as (
    select * from {{ claims }}
),

comparable as (
    select * from claims
    where
        period in ('cumulative', 'day')
        and as_of is not null
        and not is_subset
),

-- An open end is wider than any number: one claim without a bound leaves the bound of the day open.
told as (
    select
        claimant_party,
        party,
        population,
        measure,
        category,
        subject,
        period,
        as_of,
        case when count(low) = count(*) then min(low) end as low,
        case when count(high) = count(*) then max(high) end as high,
        count(*) as claims,
        cast(count(distinct cluster_id) as integer) as independent_sources
    from comparable
    group by claimant_party, party, population, measure, category, subject, period, as_of
),

beside_previous as (
    select
        *,
        lag(low) over series as previous_low,
        lag(high) over series as previous_high
    from told
    window series as (
        partition by claimant_party, party, population, measure, category, subject, period
        order by as_of
    )
),

-- Speakers of no known side are many voices: what one of them says is no change of what another said.
series as (
    select
        claimant_party,
        party,
        population,
        measure,
        category,
        subject,
        period,
        as_of,
        low,
        high,
        claims,
        independent_sources,
        case
            when claimant_party is not null and low = high and previous_low = previous_high then low - previous_low
        end as change_since_previous,
        coalesce(claimant_party is not null and period = 'cumulative' and high < previous_low, false) as is_falling
    from beside_previous
)

select * from series
{%- endmacro %}
