-- One row: how the statements of the ledger fared. Statements refused as unbelievable are already missing from their tables here.
WITH statements AS (
    SELECT count(*) AS n FROM casualty_claims
    UNION ALL
    SELECT count(*) AS n FROM offers
    UNION ALL
    SELECT count(*) AS n FROM announcements
),

kept AS (
    SELECT sum(n) AS n FROM statements
),

refused AS (
    SELECT
        count(*) FILTER (reason = 'unbelievable') AS unbelievable,
        count(*) FILTER (reason = 'quote_not_in_text') AS misquoted,
        count(*) FILTER (reason IN ('crashed', 'out_of_memory', 'too_slow')) AS broken
    FROM rejections
),

captured AS (
    SELECT coalesce(sum(captures), 0) AS n FROM source_days
)

SELECT
    'all' AS scope,
    r.unbelievable,
    r.misquoted,
    r.broken,
    -- a handful is no share: below five the shares stay unknown
    CASE WHEN r.unbelievable >= 5 THEN r.unbelievable / (k.n + r.unbelievable) END AS unbelievable_share,
    CASE WHEN r.misquoted >= 5 THEN r.misquoted / (k.n + r.misquoted) END AS misquoted_share,
    CASE WHEN r.broken >= 5 AND c.n > 0 THEN r.broken / c.n END AS broken_share
FROM kept AS k, refused AS r, captured AS c
