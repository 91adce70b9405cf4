-- Level row: one row per announcement. Nothing here reads the clock.
SELECT
    announcement_id AS statement_id,
    article_id,
    recorded_at,
    date_diff('day', CAST(coalesce(published_at, recorded_at) AS DATE), announced_on) AS announced_days_ahead,
    date_diff('hour', recorded_at, published_at) AS published_hours_ahead,
    length(announcer) AS announcer_chars,
    length(quote) AS quote_chars,
    announcer,
    quote
FROM announcements
