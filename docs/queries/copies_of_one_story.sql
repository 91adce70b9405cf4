-- Which texts are copies of one another, and who had each first?
with pages as (
    select
        cluster_id,
        canonical_url,
        outlet,
        title,
        published_at
    from articles
    where is_latest
)

select
    arg_min(outlet, (published_at, canonical_url)) as first_told_by,
    count(*) as pages,
    list(distinct outlet order by outlet) as outlets,
    arg_min(title, (published_at, canonical_url)) as title
from pages
group by cluster_id
having count(*) > 1
order by pages desc, title asc, cluster_id asc
