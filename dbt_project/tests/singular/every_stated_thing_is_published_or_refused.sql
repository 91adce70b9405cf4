-- Statements of the latest revisions are in a table, among the rejections or rejected by a correction; none is lost.
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
    select versions.statement_id
    from {{ ref('int_statements__versioned') }} as versions
    inner join
        {{ ref('stg_unbelievable') }} as unbelievable
        on
            versions.statement_id = unbelievable.statement_id
            and versions.article_id = unbelievable.article_id
            and (
                versions.valid_from_at = unbelievable.valid_from_at
                -- What was refused stays so without its quote, until a person corrects it.
                or (
                    versions.is_withdrawn and not versions.is_corrected
                    and versions.version_from_at > unbelievable.valid_from_at
                )
            )
    where versions.valid_to_at is null
    union all
    select statement_id from {{ ref('int_corrections__standing') }}
    where valid_to_at is null and is_rejected
)

select extracted.statement_id
from extracted
left join published on extracted.statement_id = published.statement_id
left join refused on extracted.statement_id = refused.statement_id
where (published.statement_id is null) = (refused.statement_id is null)
