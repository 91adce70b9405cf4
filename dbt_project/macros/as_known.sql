{# A published table and its `<table>_as_known(t)` are one query asked at two instants. What a query reads is given to
   it: the table's own reads tables, the macro's reads macros, so that the SQL stands in one place. Names inside a macro
   leave out the database, which is another one in an edition. #}

{% macro at_present() -%}
    valid_to_at is null
{%- endmacro %}


{% macro at_instant_t() -%}
    valid_from_at <= cast(t as timestamptz) and coalesce(valid_to_at > cast(t as timestamptz), true)
{%- endmacro %}


{# To be used as a post-hook of the table. #}
{% macro create_as_known(query) -%}
    create or replace macro {{ this.schema }}.{{ this.identifier }}_as_known(t) as table ({{ query }})
{%- endmacro %}


{# What a statement table and its history have in common is the history itself; who tells the same is counted anew. #}
{% macro statements_at(history, instant) -%}
    select
        * exclude (valid_from_at, valid_to_at, reason) replace (
            cast(count(distinct cluster_id) over (partition by group_id) as integer) as independent_sources
        )
    from {{ history }}
    where {{ instant }}
{%- endmacro %}


{# `texts` has the columns article_id, text_digest, text; without it an edition's own are read. #}
{% macro articles_at(history, instant, texts=none) -%}
    select
        history.* exclude (valid_from_at, valid_to_at, reason) replace (texts.text as text)
    from {{ history }} as history
    left join {{ texts or published_texts() }} as texts
        on history.article_id = texts.article_id and history.text_digest = texts.text_digest
    where {{ instant }}
{%- endmacro %}


{# Every text that an edition holds: `articles` has those it shows, the history those that were superseded. #}
{% macro published_texts() -%}
    (
        select article_id, text_digest, text from main.articles
        union all
        select distinct article_id, text_digest, text from main.article_history where text is not null
    )
{%- endmacro %}
