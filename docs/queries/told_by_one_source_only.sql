-- Which counts of a thousand people or more killed rest on one source alone?
select
    happened_on,
    headline,
    amount_low,
    amount_high,
    url
from timeline
where
    kind = 'casualty_claim'
    and measure = 'killed'
    and unit = 'people'
    and independent_sources = 1
    and greatest(amount_low, amount_high) >= 1000
order by happened_on, headline, entry_id
