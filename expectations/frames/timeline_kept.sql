-- One row: how many rows there are, how many the last edition had, and the share that is gone (0 below five rows: a small table wavers).
WITH counted AS (
    SELECT
        (SELECT count(*) FROM timeline) AS rows_now,
        (SELECT count(*) FROM previous.timeline) AS rows_before
)

SELECT
    'timeline' AS scope,
    rows_now,
    rows_before,
    CASE WHEN rows_before - rows_now >= 5 THEN (rows_before - rows_now) / rows_before ELSE 0 END AS lost_share
FROM counted
