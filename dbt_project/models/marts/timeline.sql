with told as (
    select * from {{ ref('int_statements__told') }}
),

spans as (
    select
        group_id,
        min(fetched_at) as first_seen_at,
        max(fetched_at) as last_seen_at,
        min(known_at) as known_at
    from told
    group by group_id
),

-- The row that the ledger learnt of first speaks for its group.
speakers as (
    select *
    from told
    qualify row_number() over (partition by group_id order by known_at, source, log_position, ordinal) = 1
),

entries as (
    select
        speakers.group_id as entry_id,
        speakers.kind,
        speakers.happened_on,
        speakers.date_basis,
        speakers.actor,
        speakers.actor_party,
        speakers.subject_party,
        speakers.topic,
        speakers.measure,
        speakers.category,
        speakers.action,
        speakers.headline,
        speakers.amount_low,
        speakers.amount_high,
        speakers.unit,
        speakers.quote,
        speakers.article_id,
        speakers.url,
        speakers.independent_sources,
        spans.first_seen_at,
        spans.last_seen_at,
        spans.known_at
    from speakers
    inner join spans on speakers.group_id = spans.group_id
)

select * from entries
