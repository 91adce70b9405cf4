-- One row per source: how believable its articles are as a whole. Shares are unknown below ten articles.
select
    source,
    count(*) as articles,
    case when count(*) >= 10 then count(*) filter (title is null) / count(*) end as untitled_share,
    case when count(*) >= 10 then count(*) filter (published_at is null) / count(*) end as undated_share,
    case when count(*) >= 10 then max(copies) / count(*) end as same_text_share,
    count(*) filter (published_at > fetched_at + interval 1 day) as dated_ahead,
    count(*) filter (published_at < timestamptz '1990-01-01 00:00:00+00') as dated_before_the_web
from (select
    *,
    count(*) over (partition by source, text_digest) as copies
from articles)
group by source
order by source
