with articles as (
    select * from {{ ref('int_articles__versioned') }}
),

shown as (
    select * from articles
    where valid_to_at is null
)

select * from shown
