{{ config(materialized='incremental', unique_key='article_id') }}

with revisions as (
    select * from {{ changed_rows(ref('stg_revisions'), 'article_id') }}
),

placements as (
    select * from {{ changed_rows(ref('stg_placements'), 'article_id') }}
),

faces as (
    select * from {{ changed_rows(ref('stg_faces'), 'article_id') }}
),

extractions as (
    select * from {{ ref('stg_statements_extracted') }}
),

cleanings as (
    select * from {{ ref('stg_article_cleaned') }}
    {% if is_incremental() %}
        where capture_id in (select placements.capture_id from placements)
    {% endif %}
),

pages as (
    select * from {{ changed_rows(ref('int_pages__versioned'), 'canonical_url') }}
),

withdrawals as (
    select
        canonical_url,
        min(known_at) as known_at
    from {{ ref('stg_article_withdrawn') }}
    group by canonical_url
),

-- An extraction speaks for a revision when it read one of the texts the revision is known by; it does so from the load
-- on that brought the last of the three. The order of the fields is the order of the ledger. The same text captured
-- once more and read by the same extractor says nothing new: the first of its readings stands.
readings as (
    select
        placements.article_id,
        greatest(extractions.known_at, placements.known_at, faces.known_at) as known_at,
        {
            'known_at': extractions.known_at,
            'source': extractions.source,
            'log_position': extractions.log_position,
            'face': { 'known_at': faces.known_at, 'source': faces.source, 'log_position': faces.log_position }
        } as reading
    from extractions
    inner join placements on extractions.capture_id = placements.capture_id
    inner join
        faces
        on placements.article_id = faces.article_id and extractions.text_digest = faces.text_digest
    left join
        cleanings
        on extractions.capture_id = cleanings.capture_id and extractions.text_digest = cleanings.text_digest
    qualify
        row_number() over (
            partition by
                placements.article_id, faces.source, faces.log_position, extractions.extractor,
                extractions.extractor_version, cleanings.title, cleanings.published_at
            order by extractions.known_at, extractions.source, extractions.log_position
        ) = 1
),

newest_readings as (
    select
        article_id,
        known_at,
        max(max(reading)) over (partition by article_id order by known_at) as reading
    from readings
    group by article_id, known_at
),

newest_faces as (
    select
        article_id,
        known_at,
        max(max({ 'known_at': known_at, 'source': source, 'log_position': log_position })) over (
            partition by article_id order by known_at
        ) as face
    from faces
    group by article_id, known_at
),

-- Whenever anything was learnt that may change what is shown of an article.
instants as (
    select
        article_id,
        known_at
    from newest_readings
    union
    select
        article_id,
        known_at
    from newest_faces
    union
    select
        revisions.article_id,
        pages.valid_from_at as known_at
    from revisions
    inner join pages on revisions.canonical_url = pages.canonical_url and revisions.known_at < pages.valid_from_at
    union
    select
        revisions.article_id,
        withdrawals.known_at
    from revisions
    inner join withdrawals on revisions.canonical_url = withdrawals.canonical_url
),

paged as (
    select
        instants.article_id,
        instants.known_at,
        revisions.canonical_url
    from instants
    inner join revisions on instants.article_id = revisions.article_id
),

-- A revision shows the cleaning its newest extraction read, so that quotes stand in the text; else its newest one.
known as (
    select
        paged.article_id,
        paged.canonical_url,
        paged.known_at,
        newest_readings.reading.source as reading_source,
        newest_readings.reading.log_position as reading_position,
        coalesce(newest_readings.reading.face, newest_faces.face).source as face_source,
        coalesce(newest_readings.reading.face, newest_faces.face).log_position as face_position,
        paged.article_id = pages.latest_article_id as is_latest,
        paged.article_id = pages.latest_article_id and pages.is_gone as is_gone,
        coalesce(paged.known_at >= withdrawals.known_at, false) as is_taken_down
    from paged
    asof left join newest_readings
        on paged.article_id = newest_readings.article_id and paged.known_at >= newest_readings.known_at
    asof inner join newest_faces
        on paged.article_id = newest_faces.article_id and paged.known_at >= newest_faces.known_at
    asof inner join pages
        on paged.canonical_url = pages.canonical_url and paged.known_at >= pages.valid_from_at
    left join withdrawals on paged.canonical_url = withdrawals.canonical_url
),

changed as (
    select *
    from known
    qualify
        row(reading_source, reading_position, face_source, face_position, is_latest, is_gone, is_taken_down)
        is distinct from lag(
            row(reading_source, reading_position, face_source, face_position, is_latest, is_gone, is_taken_down)
        ) over (partition by article_id order by known_at)
),

dated as (
    select
        * exclude (known_at),
        known_at as valid_from_at,
        lead(known_at) over (partition by article_id order by known_at) as valid_to_at
    from changed
)

select * from dated
