{# Texts that may be published, of every cleaning that ever stood for one of `articles`, which has the columns of
   int_articles__versioned, and whether it stands still: article_id, text_digest, text, is_shown. #}
{% macro worded(articles) -%}
    (
        with faces as (
            select
                article_id,
                text_digest,
                bool_or(valid_to_at is null) as is_shown
            from {{ articles }}
            where is_text_published and not is_withdrawn
            group by article_id, text_digest
        ),

        texts as (
            select * from {{ texts_of('faces', 'text_digest') }}
        )

        select
            faces.article_id,
            faces.text_digest,
            texts.text,
            faces.is_shown
        from faces
        inner join texts on faces.text_digest = texts.text_digest
    )
{%- endmacro %}


{# The texts that `column` of `relation` names. Of a night they are few, and the texts are most of the database. #}
{% macro texts_of(relation, column) -%}
    {%- set texts = ref('stg_texts') -%}
    {%- if is_incremental() -%}
        {{ rows_among(texts, 'text_digest', '(select named.' ~ column ~ ' from ' ~ relation ~ ' as named)', 'row_id') }}
    {%- else -%}
        {{ texts }}
    {%- endif -%}
{%- endmacro %}
