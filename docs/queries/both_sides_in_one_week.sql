-- What did Ukraine and Russia each say of the same losses in the week from 19 September 2022?
with week as (
    select * from claim_series
    where
        as_of between date '2022-09-19' and date '2022-09-25'
        and claimant_party in ('UA', 'RU')
)

select
    party as whose_loss,
    population,
    measure,
    category,
    subject,
    period,
    min(low) filter (claimant_party = 'UA') as least_told_by_ukraine,
    max(high) filter (claimant_party = 'UA') as most_told_by_ukraine,
    min(low) filter (claimant_party = 'RU') as least_told_by_russia,
    max(high) filter (claimant_party = 'RU') as most_told_by_russia
from week
group by party, population, measure, category, subject, period
order by whose_loss, category, measure, population, subject, period
