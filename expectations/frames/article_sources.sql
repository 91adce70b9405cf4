-- One row per source: how believable its articles are as a whole. Shares are unknown below ten articles.
SELECT
    source,
    count(*) AS articles,
    CASE WHEN count(*) >= 10 THEN count(*) FILTER (title IS NULL) / count(*) END AS untitled_share,
    CASE WHEN count(*) >= 10 THEN count(*) FILTER (published_at IS NULL) / count(*) END AS undated_share,
    CASE WHEN count(*) >= 10 THEN max(copies) / count(*) END AS same_text_share,
    count(*) FILTER (published_at > fetched_at + INTERVAL 1 DAY) AS dated_ahead,
    count(*) FILTER (published_at < TIMESTAMPTZ '1990-01-01 00:00:00+00') AS dated_before_the_web
FROM (SELECT *, count(*) OVER (PARTITION BY source, text_digest) AS copies FROM articles)
GROUP BY source
ORDER BY source
