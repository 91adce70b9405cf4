select
    claimant_party,
    party,
    population,
    measure,
    category,
    subject,
    period,
    as_of
from {{ ref('claim_series') }}
group by all
having count(*) > 1
