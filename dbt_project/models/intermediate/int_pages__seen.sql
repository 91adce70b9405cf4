with placements as (
    select * from {{ ref('stg_placements') }}
),

cleanings as (
    select * from {{ ref('stg_article_cleaned') }}
),

captures as (
    select * from {{ ref('stg_capture_taken') }}
    where role = 'article'
),

goings as (
    select * from {{ ref('stg_article_gone') }}
),

-- A page answers under its canonical address and under every address it was fetched from.
addresses as (
    select distinct
        placements.canonical_url,
        unnest([placements.canonical_url, cleanings.canonical_url, cleanings.url]) as url
    from placements
    inner join cleanings on placements.capture_id = cleanings.capture_id
),

last_captures as (
    select
        addresses.canonical_url,
        max(captures.occurred_at) as captured_at
    from addresses
    inner join captures on addresses.url = captures.url
    group by addresses.canonical_url
),

last_goings as (
    select
        addresses.canonical_url,
        max(goings.occurred_at) as gone_at
    from addresses
    inner join goings on addresses.url = goings.url
    group by addresses.canonical_url
),

latest as (
    select
        canonical_url,
        article_id,
        fetched_at
    from placements
    qualify row_number() over (partition by canonical_url order by fetched_at desc, revision desc) = 1
),

seen as (
    select
        latest.canonical_url,
        latest.article_id as latest_article_id,
        coalesce(last_goings.gone_at > greatest(latest.fetched_at, last_captures.captured_at), false) as is_gone
    from latest
    left join last_captures on latest.canonical_url = last_captures.canonical_url
    left join last_goings on latest.canonical_url = last_goings.canonical_url
)

select * from seen
