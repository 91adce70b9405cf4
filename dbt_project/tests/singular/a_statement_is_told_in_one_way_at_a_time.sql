-- Versions of a row follow each other and never overlap; what holds for no time ends what held before. Asked of what
-- is made anew.
with versions as (
    select * from {{ rows_among(ref('int_statements__versioned'), 'article_id', changed_keys('article_id')) }}
),

followed as (
    select
        statement_id,
        article_id,
        valid_from_at,
        valid_to_at,
        version_from_at,
        reason,
        lag(valid_to_at) over told as ended_at,
        lag(valid_from_at) over told as began_at
    from versions
    window told as (partition by statement_id, article_id order by valid_from_at, version_from_at)
)

select * from followed
where
    valid_from_at > valid_to_at
    or (began_at is not null and (ended_at is null or ended_at > valid_from_at))
    or (valid_from_at = valid_to_at) != (reason in ('gone', 'rejected'))
    or (valid_from_at = valid_to_at and (ended_at, began_at) is distinct from (valid_from_at, version_from_at))
