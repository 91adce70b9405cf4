-- What came minus what went is the difference of the two texts, white space aside. Asked of what is made anew.
with revisions as (
    select * from {{ ref('article_revisions') }}
    where
        chars_added is not null
        and article_id in (select changed.article_id from {{ ref('stg_changed_articles') }} as changed)
),

sides as (
    select text_digest from revisions
    union
    select previous_digest from revisions
),

texts as (
    select
        text_digest,
        length(regexp_replace(text, '\s', '', 'g')) as chars
    from {{ rows_among(ref('stg_texts'), 'text_digest', '(select sides.text_digest from sides)', 'row_id') }}
)

select
    revisions.article_id,
    revisions.chars_added,
    revisions.chars_removed
from revisions
inner join texts on revisions.text_digest = texts.text_digest
inner join texts as previous_texts on revisions.previous_digest = previous_texts.text_digest
where revisions.chars_added - revisions.chars_removed != texts.chars - previous_texts.chars
