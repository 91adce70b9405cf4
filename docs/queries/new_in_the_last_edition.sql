-- What did the newest load bring or read again, source by source?
with latest as (
    select known_at from edition
),

brought as (
    select
        articles.source,
        timeline.kind,
        timeline.headline
    from timeline
    inner join latest on timeline.known_at = latest.known_at
    inner join articles on timeline.article_id = articles.article_id
)

select
    source,
    kind,
    count(*) as new_entries,
    min(headline) as for_example
from brought
group by source, kind
order by source, kind
