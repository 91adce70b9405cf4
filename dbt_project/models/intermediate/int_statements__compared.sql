with pairs as (
    select * from {{ ref('int_revisions__paired') }}
    where is_read_alike
),

statements as (
    select * from {{ ref('int_statements__keyed') }}
),

told as (
    select
        pairs.article_id,
        statements.kind,
        statements.statement_key,
        statements.numbers,
        true as is_now
    from pairs
    inner join statements on pairs.article_id = statements.article_id
    union all
    select
        pairs.article_id,
        statements.kind,
        statements.statement_key,
        statements.numbers,
        false as is_now
    from pairs
    inner join statements on pairs.previous_article_id = statements.article_id
),

by_numbers as (
    select
        article_id,
        kind,
        statement_key,
        numbers,
        count(*) filter (where is_now) as now_told,
        count(*) filter (where not is_now) as before_told
    from told
    group by article_id, kind, statement_key, numbers
),

-- Under one key, what stands in both with the same numbers has stayed; of the rest, as many as find a partner have
-- changed.
by_key as (
    select
        article_id,
        sum(now_told) as now_told,
        sum(before_told) as before_told,
        sum(least(now_told, before_told)) as stayed
    from by_numbers
    group by article_id, kind, statement_key
),

compared as (
    select
        article_id,
        cast(sum(greatest(now_told - before_told, 0)) as bigint) as statements_added,
        cast(sum(greatest(before_told - now_told, 0)) as bigint) as statements_removed,
        cast(sum(least(now_told, before_told) - stayed) as bigint) as statements_changed
    from by_key
    group by article_id
)

select * from compared
