-- Which offers were raised, cut or withdrawn, and which run out on a stated day?
select
    status,
    offered_on,
    valid_until,
    offeror,
    offeror_party,
    audience,
    action,
    benefit,
    amount,
    currency,
    outlet,
    quote
from offers
where status in ('raised', 'cut', 'withdrawn') or valid_until is not null
order by offered_on nulls last, status, offeror, offer_id, article_id
