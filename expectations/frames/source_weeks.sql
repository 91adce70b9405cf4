-- One row per source: its last seven days up to the newest day of any source.
WITH newest AS (
    SELECT max(day_on) AS day_on FROM source_days
)
SELECT
    d.source,
    sum(d.captures) AS captures,
    sum(d.rejections) AS rejections,
    sum(d.failures) AS failures,
    -- below ten tries a share says nothing
    CASE WHEN sum(d.captures) >= 10 THEN sum(d.rejections) / sum(d.captures) END AS rejected_share,
    CASE WHEN sum(d.captures + d.failures) >= 10 THEN sum(d.failures) / sum(d.captures + d.failures) END AS failed_share,
    max_by(d.is_quiet, d.day_on) AS is_quiet,
    max_by(d.is_suspect, d.day_on) AS is_suspect
FROM source_days AS d
INNER JOIN newest AS n ON d.day_on > n.day_on - 7
GROUP BY d.source
ORDER BY d.source
