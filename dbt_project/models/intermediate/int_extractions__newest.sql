{{ config(materialized='table') }}

with extractions as (
    select * from {{ ref('stg_statements_extracted') }}
),

placements as (
    select * from {{ ref('stg_placements') }}
),

faces as (
    select * from {{ ref('stg_faces') }}
),

-- An extraction speaks for a revision when it read one of the texts the revision is known by.
fitting as (
    select
        placements.article_id,
        extractions.source,
        extractions.log_position,
        extractions.text_digest,
        extractions.extractor,
        extractions.extractor_version,
        extractions.recorded_at,
        extractions.known_at,
        faces.source as face_source,
        faces.log_position as face_position,
        row_number() over (
            partition by placements.article_id
            order by
                extractions.known_at desc,
                extractions.source desc,
                extractions.log_position desc,
                faces.known_at desc,
                faces.source desc,
                faces.log_position desc
        ) as place
    from extractions
    inner join placements on extractions.capture_id = placements.capture_id
    inner join
        faces
        on placements.article_id = faces.article_id and extractions.text_digest = faces.text_digest
),

newest as (
    select * exclude (place) from fitting
    where place = 1
)

select * from newest
