-- How did Ukraine's running count of Russian tanks grow in March 2022, and by how much from one figure to the next?
select
    as_of,
    low,
    high,
    change_since_previous,
    claims,
    independent_sources,
    is_falling
from claim_series
where
    claimant_party = 'UA'
    and party = 'RU'
    and category = 'tank'
    and measure = 'destroyed'
    and period = 'cumulative'
    and subject is null
    and as_of between date '2022-03-01' and date '2022-03-31'
order by as_of, population
