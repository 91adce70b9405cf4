-- One row: how many rows there are, how many the last edition had, and the share that is gone (0 below five rows: a small table wavers).
-- `lost_by_same_extractor` is unknown where the extractor versions behind the rows differ: a new extractor may rightly drop rows.
WITH counted AS (
    SELECT
        (SELECT count(*) FROM casualty_claims) AS rows_now,
        (SELECT count(*) FROM previous.casualty_claims) AS rows_before,
        (SELECT list(DISTINCT extractor_version ORDER BY extractor_version) FROM casualty_claims) AS versions_now,
        (SELECT list(DISTINCT extractor_version ORDER BY extractor_version) FROM previous.casualty_claims) AS versions_before
),

shared AS (
    SELECT
        *,
        CASE WHEN rows_before - rows_now >= 5 THEN (rows_before - rows_now) / rows_before ELSE 0 END AS lost_share
    FROM counted
)

SELECT
    'casualty_claims' AS scope,
    rows_now,
    rows_before,
    lost_share,
    CASE WHEN rows_now = 0 OR versions_now IS NOT DISTINCT FROM versions_before THEN lost_share END AS lost_by_same_extractor
FROM shared
