{% set usual_days = 28 %}
{% set quiet_days = 14 %}
{% set least_captures = 5 %}
{% set least_articles = 8 %}

with counted as (
    select * from {{ ref('int_source_days__counted') }}
),

-- Windows count visited days of the source. What was usual is asked of the days up to the last that brought articles,
-- today left out: a feed that stands still does not become usual by standing still for long.
bringing as (
    select
        *,
        case
            when articles > 0
                then median(articles) over (
                    partition by source order by day_on rows between {{ quiet_days - 1 }} preceding and current row
                )
        end as usual_so_far
    from counted
),

compared as (
    select
        *,
        last_value(usual_so_far ignore nulls) over (
            partition by source order by day_on rows between unbounded preceding and 1 preceding
        ) as usual_articles,
        median(median_text_chars) over (
            partition by source order by day_on rows between {{ usual_days }} preceding and 1 preceding
        ) as usual_text_chars
    from bringing
),

flagged as (
    select
        source,
        day_on,
        leads,
        captures,
        unchanged,
        failures,
        articles,
        rejections,
        statements,
        articles = 0 and coalesce(usual_articles > 0, false) as is_quiet,
        (captures >= {{ least_captures }} and rejections > captures * 0.5)
        or (articles >= {{ least_captures }} and coalesce(median_text_chars < usual_text_chars * 0.25, false))
        or (walls >= {{ least_captures }} and walls > (captures + failures) * 0.5)
        or (
            articles > 0
            and coalesce(usual_articles >= {{ least_articles }} and articles < usual_articles * 0.25, false)
        ) as is_suspect
    from compared
)

select * from flagged
