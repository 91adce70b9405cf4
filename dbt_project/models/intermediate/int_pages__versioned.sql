{{ config(materialized='incremental', unique_key='canonical_url') }}

with placements as (
    select * from {{ changed_rows(ref('stg_placements'), 'canonical_url') }}
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

told_addresses as (
    select
        placements.canonical_url,
        greatest(placements.known_at, cleanings.known_at) as known_at,
        unnest([placements.canonical_url, cleanings.canonical_url, cleanings.url]) as url
    from placements
    inner join cleanings on placements.capture_id = cleanings.capture_id
),

-- A page answers under its canonical address and under every address it was fetched from.
addresses as (
    select
        canonical_url,
        url,
        min(known_at) as known_at
    from told_addresses
    group by canonical_url, url
),

seen as (
    select
        canonical_url,
        known_at,
        { 'fetched_at': fetched_at, 'revision': revision, 'article_id': article_id } as shown,
        cast(null as timestamptz) as captured_at,
        cast(null as timestamptz) as gone_at
    from placements
    union all by name
    select
        addresses.canonical_url,
        greatest(addresses.known_at, captures.known_at) as known_at,
        captures.occurred_at as captured_at
    from addresses
    inner join captures on addresses.url = captures.url
    union all by name
    select
        addresses.canonical_url,
        greatest(addresses.known_at, goings.known_at) as known_at,
        goings.occurred_at as gone_at
    from addresses
    inner join goings on addresses.url = goings.url
),

by_instant as (
    select
        canonical_url,
        known_at,
        max(shown) as shown,
        max(captured_at) as captured_at,
        max(gone_at) as gone_at
    from seen
    group by canonical_url, known_at
),

-- All that is known at an instant: the greatest of everything learnt until then.
known as (
    select
        canonical_url,
        known_at,
        max(shown) over until_then as shown,
        max(captured_at) over until_then as captured_at,
        max(gone_at) over until_then as gone_at
    from by_instant
    window until_then as (partition by canonical_url order by known_at)
),

judged as (
    select
        canonical_url,
        known_at as valid_from_at,
        shown.article_id as latest_article_id,
        coalesce(gone_at > greatest(shown.fetched_at, captured_at), false) as is_gone
    from known
),

versioned as (
    select * from judged
    qualify
        (latest_article_id, is_gone) is distinct from lag((latest_article_id, is_gone)) over (
            partition by canonical_url order by valid_from_at
        )
)

select * from versioned
