-- Level row: one row per version, in articles made anew, of an announcement. Nothing here reads the clock.
-- What a person has corrected is that person's word and not judged.
select
    announcement_id as statement_id,
    article_id,
    valid_from_at,
    recorded_at,
    date_diff('day', cast(coalesce(published_at, recorded_at) as date), announced_on) as announced_days_ahead,
    date_diff('hour', recorded_at, published_at) as published_hours_ahead,
    length(announcer) as announcer_chars,
    length(quote) as quote_chars,
    announcer,
    quote
from changed.announcement_history
where valid_from_at is distinct from valid_to_at and not is_corrected
