-- Which sums were offered, year by year, the largest of each currency first?
select
    year(coalesce(offered_on, cast(published_at at time zone 'UTC' as date))) as offered_in,
    currency,
    amount,
    amount_usd,
    per,
    offeror,
    offeror_party,
    audience,
    action,
    benefit,
    count(distinct cluster_id) as independent_sources,
    arg_min(quote, (known_at, offer_id, article_id)) as quote
from offers
where amount is not null
group by offered_in, currency, amount, amount_usd, per, offeror, offeror_party, audience, action, benefit
order by offered_in asc, currency asc, amount desc, offeror asc, audience asc, action asc, benefit asc, per asc
