-- What do those who are neither Ukraine nor Russia say of the losses of the two?
select
    coalesce(as_of, claimed_on, cast(published_at at time zone 'UTC' as date)) as told_for,
    claimant_party,
    claimant,
    party as whose_loss,
    population,
    measure,
    category,
    low,
    high,
    qualifier,
    period,
    quote
from casualty_claims
where
    claimant_party not in ('UA', 'RU')
    and party in ('UA', 'RU')
    and not is_subset
order by told_for nulls last, claimant_party, whose_loss, measure, low, claim_id, article_id
