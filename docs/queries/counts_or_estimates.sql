-- Whose figures are exact counts, and whose are estimates, ranges or open ends?
select
    coalesce(claimant_party, 'unknown') as claimant_side,
    count(*) as claims,
    count(*) filter (qualifier = 'exact') as exact,
    count(*) filter (qualifier = 'about') as about,
    count(*) filter (qualifier = 'range') as ranges,
    count(*) filter (qualifier in ('at_least', 'up_to')) as open_ends,
    round(count(*) filter (qualifier = 'exact') / count(*), 2) as share_exact
from casualty_claims
group by claimant_side
order by claims desc, claimant_side asc
