with named as (
    select * from {{ ref('party_names') }}
),

published as (
    select
        code,
        name,
        kind
    from named
)

select * from published
