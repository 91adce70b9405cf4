with kept as (
    select * from {{ source('raw', 'groups') }}
),

renamed as (
    select
        statement_id,
        article_id,
        kind,
        group_id,
        is_opener,
        group_key,
        seen_on,
        cluster_id,
        wording,
        alike,
        load_position,
        stream as source,
        position as log_position,
        ordinal,
        known_at
    from kept
)

select * from renamed
