{{ config(materialized='incremental', unique_key='article_id') }}

with articles as (
    select * from {{ changed_rows(ref('int_articles__versioned'), 'article_id') }}
),

statements as (
    select united.* from {{ ref('int_statements__united') }} as united
    {% if is_incremental() %}
        where
            exists (
                select 1 from articles
                where articles.reading_source = united.source and articles.reading_position = united.log_position
            )
    {% endif %}
),

corrections as (
    select * from {{ ref('int_corrections__standing') }}
),

groups as (
    select * from {{ changed_rows(ref('stg_groups'), 'article_id') }}
),

-- Whether the page answers or not changes no statement.
changed_readings as (
    select * from articles
    qualify
        row(reading_source, reading_position, face_source, face_position, is_latest, is_taken_down)
        is distinct from lag(
            row(reading_source, reading_position, face_source, face_position, is_latest, is_taken_down)
        ) over (partition by article_id order by valid_from_at)
),

readings as (
    select * replace (lead(valid_from_at) over (partition by article_id order by valid_from_at) as valid_to_at)
    from changed_readings
),

-- A statement is told while the latest revision of its page tells it; corrections cut that time into pieces.
pieces as (
    select
        statements.kind,
        statements.source,
        statements.log_position,
        statements.ordinal,
        statements.statement_id,
        readings.article_id,
        readings.canonical_url,
        readings.valid_from_at as read_from_at,
        readings.face_source,
        readings.face_position,
        readings.is_taken_down,
        corrections.fixes,
        corrections.reason as correction_reason,
        coalesce(corrections.is_rejected, false) as is_rejected,
        greatest(readings.valid_from_at, corrections.valid_from_at) as valid_from_at,
        least(readings.valid_to_at, corrections.valid_to_at) as valid_to_at
    from statements
    inner join
        readings
        on statements.source = readings.reading_source and statements.log_position = readings.reading_position
    left join
        corrections
        on
            statements.statement_id = corrections.statement_id
            and coalesce(readings.valid_to_at, 'infinity') > corrections.valid_from_at
            and coalesce(corrections.valid_to_at, 'infinity') > readings.valid_from_at
    where readings.is_latest
),

beside as (
    select
        *,
        lag(pieces) over told as former,
        lead(pieces) over told as later
    from pieces
    window told as (partition by statement_id, canonical_url order by valid_from_at)
),

-- What brought a version; where several things happened in one load, the first of these that did.
versions as (
    select
        * exclude (former, later),
        valid_from_at as version_from_at,
        case
            when former is null then 'extracted'
            when is_taken_down and not former.is_taken_down then 'withdrawn'
            when former.is_rejected then 'corrected'
            when article_id != former.article_id then 'revised'
            when (row(fixes, correction_reason) is distinct from row(former.fixes, former.correction_reason))
                then 'corrected'
            when row(face_source, face_position) != row(former.face_source, former.face_position) then 're-cleaned'
            else 're-extracted'
        end as reason
    from beside
    where not is_rejected
),

-- The end of what nothing follows: a row that holds for no time, so that no instant shows it and everybody finds it.
endings as (
    select
        * exclude (former, later) replace (valid_to_at as valid_from_at),
        valid_from_at as version_from_at,
        case
            when later.valid_from_at = valid_to_at then 'rejected'
            else 'gone'
        end as reason
    from beside
    where
        not is_rejected
        and valid_to_at is not null
        and (coalesce(later.valid_from_at > valid_to_at, true) or later.is_rejected)
),

dated as (
    select * from versions
    union all by name
    select * from endings
),

versioned as (
    select
        dated.kind,
        dated.source,
        dated.log_position,
        dated.ordinal,
        dated.statement_id,
        dated.article_id,
        dated.fixes,
        articles.source as article_source,
        articles.outlet,
        articles.url,
        articles.published_at,
        statements.quote,
        statements.quote_prefix,
        statements.quote_suffix,
        statements.char_start,
        statements.char_end,
        articles.cluster_id,
        groups.group_id,
        dated.fixes is not null as is_corrected,
        dated.correction_reason,
        statements.rule,
        articles.extractor,
        articles.extractor_version,
        articles.read_recorded_at as recorded_at,
        articles.read_known_at as known_at,
        dated.valid_from_at,
        dated.valid_to_at,
        dated.reason,
        dated.version_from_at,
        articles.text_digest,
        articles.is_withdrawn,
        articles.fetched_at
    from dated
    inner join
        statements
        on
            dated.kind = statements.kind
            and dated.source = statements.source
            and dated.log_position = statements.log_position
            and dated.ordinal = statements.ordinal
    inner join articles on dated.article_id = articles.article_id and dated.read_from_at = articles.valid_from_at
    inner join groups on dated.statement_id = groups.statement_id and dated.article_id = groups.article_id
)

select * from versioned
