{% set quiet_days = 14 %}
{% set usual_days = 28 %}
{% set least_captures = 5 %}

with counted as (
    select * from {{ ref('int_source_days__counted') }}
),

-- Windows count visited days of the source, today left out.
compared as (
    select
        *,
        median(articles) over (
            partition by source order by day_on rows between {{ quiet_days }} preceding and 1 preceding
        ) as usual_articles,
        median(median_text_chars) over (
            partition by source order by day_on rows between {{ usual_days }} preceding and 1 preceding
        ) as usual_text_chars
    from counted
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
            as is_suspect
    from compared
)

select * from flagged
