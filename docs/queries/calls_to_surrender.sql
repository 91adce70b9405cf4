-- What has each side promised the soldiers of the other for giving up or handing over equipment?
select
    coalesce(offered_on, cast(published_at at time zone 'UTC' as date)) as told_on,
    offeror_party,
    audience_party,
    offeror,
    audience,
    action,
    benefit,
    amount,
    currency,
    per,
    valid_until,
    url,
    quote
from offers
where action in ('surrender', 'defect', 'hand_over_equipment')
order by told_on nulls last, offeror_party, action, benefit, amount, per, offer_id, article_id
