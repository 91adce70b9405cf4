-- Two rows of one article never share a group. Asked of what is made anew.
select
    group_id,
    article_id
from {{ ref('int_statements__believed') }}
where valid_to_at is null
group by group_id, article_id
having count(*) > 1
