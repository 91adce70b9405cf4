-- One row: how the statements of the ledger fared. Statements refused as unbelievable are already missing from
-- their tables here.
with statements as (
    select count(*) as n from casualty_claims
    union all
    select count(*) as n from offers
    union all
    select count(*) as n from announcements
),

kept as (
    select sum(n) as n from statements
),

refused as (
    select
        count(*) filter (reason = 'unbelievable') as unbelievable,
        count(*) filter (reason = 'quote_not_in_text') as misquoted,
        count(*) filter (reason in ('crashed', 'out_of_memory', 'too_slow')) as broken
    from rejections
),

captured as (
    select coalesce(sum(captures), 0) as n from source_days
)

select
    'all' as scope,
    r.unbelievable,
    r.misquoted,
    r.broken,
    -- a handful is no share: below five the shares stay unknown
    case when r.unbelievable >= 5 then r.unbelievable / (k.n + r.unbelievable) end as unbelievable_share,
    case when r.misquoted >= 5 then r.misquoted / (k.n + r.misquoted) end as misquoted_share,
    case when r.broken >= 5 and c.n > 0 then r.broken / c.n end as broken_share
from kept as k, refused as r, captured as c
