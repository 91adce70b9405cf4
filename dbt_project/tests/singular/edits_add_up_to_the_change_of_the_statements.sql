-- What came minus what went is the difference between what the two revisions tell.
with pairs as (
    select * from {{ ref('int_revisions__paired') }}
    where is_read_alike
),

told as (
    select
        article_id,
        count(*) as statements
    from {{ ref('int_statements__extracted') }}
    where
        article_id in (
            select pairs.article_id from pairs
            union
            select pairs.previous_article_id from pairs
        )
    group by article_id
),

revisions as (
    select * from {{ ref('article_revisions') }}
)

select
    revisions.article_id,
    revisions.statements_added,
    revisions.statements_removed
from revisions
inner join pairs on revisions.article_id = pairs.article_id
left join told on pairs.article_id = told.article_id
left join told as told_before on pairs.previous_article_id = told_before.article_id
where
    revisions.statements_added - revisions.statements_removed
    is distinct from coalesce(told.statements, 0) - coalesce(told_before.statements, 0)
