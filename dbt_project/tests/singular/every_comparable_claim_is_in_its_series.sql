-- Nothing is told twice and nothing lost on the way from the claims to the series.
with claims as (
    select count(*) as told from {{ ref('casualty_claims') }}
    where period in ('cumulative', 'day') and as_of is not null and not is_subset
),

series as (
    select coalesce(sum(claims), 0) as told from {{ ref('claim_series') }}
)

select
    claims.told as claims,
    series.told as in_series
from claims
cross join series
where claims.told != series.told
