-- Level row: one row per version, in articles made anew, of an offer. Nothing here reads the clock.
-- What a person has corrected is that person's word and not judged.
select
    offer_id as statement_id,
    article_id,
    valid_from_at,
    recorded_at,
    amount,
    amount_usd,
    amount - amount_low as span,
    date_diff('day', cast(coalesce(published_at, recorded_at) as date), offered_on) as offered_days_ahead,
    date_diff('year', coalesce(offered_on, cast(coalesce(published_at, recorded_at) as date)), valid_until)
        as valid_for_years,
    date_diff('hour', recorded_at, published_at) as published_hours_ahead,
    length(quote) as quote_chars,
    -- 5.2 million and 5,200,000 both hold the digits 52
    case when amount is not null then
        contains(regexp_replace(quote, '\D', '', 'g'), rtrim(regexp_replace(format('{:.2f}', amount), '\D', ''), '0'))
        or regexp_matches(
            quote,
            '(?i)\b(one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|\w+teen|'
            'twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety|dozens?|hundreds?|thousands?|millions?|'
            'billions?)\b'
        )
    end as quote_has_amount,
    quote
from changed.offer_history
where valid_from_at is distinct from valid_to_at and not is_corrected
