with leads as (
    select
        source,
        {{ utc_day('occurred_at') }} as day_on
    from {{ ref('stg_lead_found') }}
),

captures as (
    select
        source,
        {{ utc_day('occurred_at') }} as day_on,
        role = 'article' and not is_unchanged as is_capture,
        is_unchanged
    from {{ ref('stg_capture_taken') }}
),

failures as (
    select
        source,
        {{ utc_day('occurred_at') }} as day_on,
        reason in ('bot_wall', 'forbidden', 'rate_limited', 'host_stopped') as is_wall
    from {{ ref('stg_capture_failed') }}
),

articles as (
    select
        source,
        {{ utc_day('fetched_at') }} as day_on,
        text_chars
    from {{ ref('int_articles__shown') }}
),

refused_captures as (
    select
        source,
        {{ utc_day('fetched_at') }} as day_on,
        reason = 'bot_wall' as is_wall
    from {{ ref('stg_capture_rejected') }}
    qualify row_number() over (partition by capture_id order by known_at desc, log_position desc) = 1
),

statements as (
    select
        article_source as source,
        {{ utc_day('fetched_at') }} as day_on
    from {{ ref('int_statements__extracted') }}
),

happened as (
    select
        source,
        day_on,
        'lead' as what,
        cast(null as bigint) as text_chars
    from leads
    union all
    select
        source,
        day_on,
        'visit' as what,
        null as text_chars
    from captures
    union all
    select
        source,
        day_on,
        'capture' as what,
        null as text_chars
    from captures
    where is_capture
    union all
    select
        source,
        day_on,
        'unchanged' as what,
        null as text_chars
    from captures
    where is_unchanged
    union all
    select
        source,
        day_on,
        'failure' as what,
        null as text_chars
    from failures
    union all
    select
        source,
        day_on,
        'wall' as what,
        null as text_chars
    from failures
    where is_wall
    union all
    select
        source,
        day_on,
        'wall' as what,
        null as text_chars
    from refused_captures
    where is_wall
    union all
    select
        source,
        day_on,
        'article' as what,
        text_chars
    from articles
    union all
    select
        source,
        day_on,
        'rejection' as what,
        null as text_chars
    from refused_captures
    union all
    select
        source,
        day_on,
        'statement' as what,
        null as text_chars
    from statements
),

counted as (
    select
        source,
        day_on,
        count(*) filter (where what = 'lead') as leads,
        count(*) filter (where what = 'capture') as captures,
        count(*) filter (where what = 'unchanged') as unchanged,
        count(*) filter (where what = 'failure') as failures,
        count(*) filter (where what = 'article') as articles,
        count(*) filter (where what = 'rejection') as rejections,
        count(*) filter (where what = 'statement') as statements,
        count(*) filter (where what = 'wall') as walls,
        median(text_chars) filter (where what = 'article') as median_text_chars
    from happened
    group by source, day_on
)

select * from counted
