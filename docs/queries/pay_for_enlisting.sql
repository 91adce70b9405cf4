-- What is paid to those who enlist, side by side, per year and unit of pay?
select
    year(coalesce(offered_on, cast(published_at at time zone 'UTC' as date))) as offered_in,
    offeror_party,
    currency,
    per,
    min(coalesce(amount_low, amount)) as least,
    max(amount) as most,
    count(distinct group_id) as offers,
    count(distinct cluster_id) as independent_sources
from offers
where
    action in ('enlist', 'serve')
    and benefit in ('money', 'pay')
    and amount is not null
group by offered_in, offeror_party, currency, per
order by offered_in nulls last, offeror_party, currency, per
