with gathered as (
    select * from {{ ref('int_rejections__gathered') }}
),

published as (
    select
        source,
        url,
        stage,
        reason,
        detail,
        fetched_at,
        recorded_at,
        run_id
    from gathered
)

select * from published
