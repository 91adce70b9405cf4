-- Level row: one row per offer. Nothing here reads the clock.
SELECT
    offer_id AS statement_id,
    article_id,
    recorded_at,
    amount,
    amount_usd,
    date_diff('day', CAST(coalesce(published_at, recorded_at) AS DATE), offered_on) AS offered_days_ahead,
    date_diff('year', coalesce(offered_on, CAST(coalesce(published_at, recorded_at) AS DATE)), valid_until) AS valid_for_years,
    date_diff('hour', recorded_at, published_at) AS published_hours_ahead,
    length(quote) AS quote_chars,
    CASE WHEN amount IS NOT NULL THEN regexp_matches(
        quote,
        '(?i)\d|\b(one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety|'
        '\w+teen|dozens?|hundreds?|thousands?|millions?|billions?)\b'
    ) END AS quote_has_amount,
    quote
FROM offers
