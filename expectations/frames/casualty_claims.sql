-- Level row: one row per casualty claim, with what the expectations look at worked out. Nothing here reads the clock: "ahead" is measured
-- against the article's publication or, where that is unknown, against the instant the claim was recorded.
WITH claims AS (
    SELECT
        *,
        greatest(low, high) AS top,
        CAST(coalesce(published_at, recorded_at) AS DATE) AS told_on,
        -- 9,166 and 9 166 and 9.166 read as 9166; twice, because matches do not overlap in 1,234,567
        regexp_replace(
            regexp_replace(quote, '(\d)[,.''’\s\x{a0}\x{2009}\x{202f}](\d{3})', '\1\2', 'g'),
            '(\d)[,.''’\s\x{a0}\x{2009}\x{202f}](\d{3})', '\1\2', 'g'
        ) AS digits
    FROM casualty_claims
)
SELECT
    claim_id AS statement_id,
    article_id,
    recorded_at,
    low,
    high,
    CASE WHEN category = 'personnel' THEN top END AS people,
    CASE WHEN category = 'personnel' AND period = 'day' THEN top END AS people_in_a_day,
    CASE WHEN category <> 'personnel' THEN top END AS pieces,
    date_diff('day', told_on, as_of) AS as_of_days_ahead,
    date_diff('hour', recorded_at, published_at) AS published_hours_ahead,
    length(quote) AS quote_chars,
    (
        (low IS NULL OR contains(digits, CAST(low AS VARCHAR))) AND (high IS NULL OR contains(digits, CAST(high AS VARCHAR)))
    )
    OR regexp_matches(
        quote,
        '(?i)\b(one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety|'
        '\w+teen|pair|couple|dozens?|score|hundreds?|thousands?|millions?|mln|m|k)\b|\d\s?(k|m|mln|bn)\b|тыс|тис|млн|миллион|мільйон'
    ) AS quote_has_number,
    quote
FROM claims
