-- Statements of the latest revisions are in a table or among the rejections, none in both and none lost.
with extracted as (
    select * from {{ ref('int_statements__extracted') }}
    where is_latest
),

published as (
    select claim_id as statement_id from {{ ref('casualty_claims') }}
    union all
    select offer_id from {{ ref('offers') }}
    union all
    select announcement_id from {{ ref('announcements') }}
),

refused as (
    select statement_id from {{ ref('stg_unbelievable') }}
)

select extracted.statement_id
from extracted
left join published on extracted.statement_id = published.statement_id
left join refused on extracted.statement_id = refused.statement_id
where (published.statement_id is null) = (refused.statement_id is null)
