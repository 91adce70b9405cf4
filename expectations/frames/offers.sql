-- Level row: one row per version of an offer. Nothing here reads the clock.
-- What a person has corrected is that person's word and not judged.
select
    offer_id as statement_id,
    article_id,
    valid_from_at,
    recorded_at,
    amount,
    amount_usd,
    date_diff('day', cast(coalesce(published_at, recorded_at) as date), offered_on) as offered_days_ahead,
    date_diff('year', coalesce(offered_on, cast(coalesce(published_at, recorded_at) as date)), valid_until)
        as valid_for_years,
    date_diff('hour', recorded_at, published_at) as published_hours_ahead,
    length(quote) as quote_chars,
    case when amount is not null then regexp_matches(
        quote,
        '(?i)\d|\b(one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|\w+teen|'
        'twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety|dozens?|hundreds?|thousands?|millions?|billions?)\b'
    ) end as quote_has_amount,
    quote
from offer_history
where valid_from_at is distinct from valid_to_at and not is_corrected
