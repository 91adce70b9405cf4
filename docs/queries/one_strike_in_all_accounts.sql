-- What has anyone said of the dead of Makiivka, and who was credited?
select
    coalesce(as_of, claimed_on, cast(published_at at time zone 'UTC' as date)) as told_for,
    claimant,
    claimant_party,
    outlet,
    measure,
    low,
    high,
    qualifier,
    independent_sources,
    quote
from casualty_claims
where place ilike '%makiivka%' or quote ilike '%makiivka%'
order by told_for, claimant_party, low, claim_id, article_id
