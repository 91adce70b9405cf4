-- Level row: one row per version, in articles made anew, of a casualty claim, with what the expectations look at worked out. Nothing here reads the
-- clock: "ahead" is measured against the article's publication or, where that is unknown, against the instant the
-- claim was recorded.
-- What a person has corrected is that person's word and not judged.
with claims as (
    select
        *,
        greatest(low, high) as top,
        cast(coalesce(published_at, recorded_at) as date) as told_on,
        -- 9,166 and 9 166 and 9.166 read as 9166; twice, because matches do not overlap in 1,234,567
        regexp_replace(
            regexp_replace(quote, '(\d)[,.''’\s\x{a0}\x{2009}\x{202f}](\d{3})', '\1\2', 'g'),
            '(\d)[,.''’\s\x{a0}\x{2009}\x{202f}](\d{3})', '\1\2', 'g'
        ) as digits
    from changed.casualty_claim_history
    where valid_from_at is distinct from valid_to_at and not is_corrected
)

select
    claim_id as statement_id,
    article_id,
    valid_from_at,
    recorded_at,
    low,
    high,
    case when category = 'personnel' then top end as people,
    case when category = 'personnel' and period = 'day' then top end as people_in_a_day,
    case when category <> 'personnel' then top end as pieces,
    high - low as span,
    date_diff('day', told_on, as_of) as as_of_days_ahead,
    date_diff('hour', recorded_at, published_at) as published_hours_ahead,
    length(quote) as quote_chars,
    (
        (low is null or contains(digits, cast(low as varchar)))
        and (high is null or contains(digits, cast(high as varchar)))
    )
    or regexp_matches(
        quote,
        '(?i)\b(one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|\w+teen|twenty|thirty|forty|fifty|'
        'sixty|seventy|eighty|ninety|pair|couple|dozens?|score|hundreds?|thousands?|millions?|mln|m|k)\b|'
        '\d\s?(k|m|mln|bn)\b|тыс|тис|млн|миллион|мільйон'
    ) as quote_has_number,
    quote
from claims
