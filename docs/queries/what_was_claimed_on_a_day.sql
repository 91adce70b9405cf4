-- Who claimed what about whose losses as of 2 March 2022?
select
    claimant,
    claimant_party,
    party as whose_loss,
    population,
    measure,
    category,
    low,
    high,
    period,
    outlet,
    quote
from casualty_claims
where as_of = date '2022-03-02'
order by claimant_party, whose_loss, measure, category, period, low, claim_id, article_id
