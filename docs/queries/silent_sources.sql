-- Which enabled sources have brought nothing for a week, or nothing at all?
with brought as (
    select
        source,
        max(day_on) as last_visited_on,
        max(day_on) filter (articles > 0) as last_article_on
    from source_days
    group by source
),

newest as (
    select max(day_on) as day_on from source_days
)

select
    sources.slug,
    sources.name,
    sources.country,
    brought.last_visited_on,
    brought.last_article_on
from sources
left join brought on sources.slug = brought.source
cross join newest
where
    sources.is_enabled
    and (brought.last_article_on is null or brought.last_article_on < newest.day_on - 7)
order by brought.last_article_on nulls first, sources.slug
