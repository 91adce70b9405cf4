-- One row per source: how believable its articles are as a whole. Shares are unknown below ten articles.
with texts as (
    select
        source,
        text_digest,
        count(*) as copies,
        count(*) filter (title is null) as untitled,
        count(*) filter (published_at is null) as undated,
        count(*) filter (published_at > fetched_at + interval 1 day) as dated_ahead,
        count(*) filter (published_at < timestamptz '1990-01-01 00:00:00+00') as dated_before_the_web
    from articles
    group by source, text_digest
)

select
    source,
    sum(copies) as articles,
    case when sum(copies) >= 10 then sum(untitled) / sum(copies) end as untitled_share,
    case when sum(copies) >= 10 then sum(undated) / sum(copies) end as undated_share,
    case when sum(copies) >= 10 then max(copies) / sum(copies) end as same_text_share,
    sum(dated_ahead) as dated_ahead,
    sum(dated_before_the_web) as dated_before_the_web
from texts
group by source
order by source
