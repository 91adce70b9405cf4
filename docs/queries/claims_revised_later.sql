-- Which figures did a page or a correction take back later, and what stands in their place?
with told as (
    select * from casualty_claim_history
    where valid_to_at is null or valid_from_at < valid_to_at
),

taken_back as (
    select * from told
    where
        valid_to_at is not null
        and not exists (
            select 1 from told as later
            where
                later.claim_id = told.claim_id
                and later.valid_from_at = told.valid_to_at
                and later.low is not distinct from told.low
                and later.high is not distinct from told.high
        )
),

-- What the same pages told from then on.
since as (
    select * from told
    where url in (select taken_back.url from taken_back)
)

select
    taken_back.url,
    taken_back.claimant,
    taken_back.party as whose_loss,
    taken_back.measure,
    taken_back.category,
    taken_back.low as low_before,
    taken_back.high as high_before,
    now.low as low_since,
    now.high as high_since,
    taken_back.quote as quote_before,
    now.quote as quote_since,
    now.correction_reason
from taken_back
left join since as now
    on
        taken_back.url = now.url
        and taken_back.valid_to_at = now.valid_from_at
        and taken_back.claimant_party is not distinct from now.claimant_party
        and taken_back.party is not distinct from now.party
        and taken_back.measure = now.measure
        and taken_back.category = now.category
        and taken_back.subject is not distinct from now.subject
        and not exists (
            select 1 from told as standing
            where standing.claim_id = now.claim_id and standing.valid_to_at = now.valid_from_at
        )
order by taken_back.url, taken_back.char_start, taken_back.claim_id, now.claim_id
